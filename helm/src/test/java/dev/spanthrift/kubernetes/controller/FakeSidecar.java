package dev.spanthrift.kubernetes.controller;

import dev.spanthrift.agent.control.source.Bundle;
import dev.spanthrift.agent.control.source.SidecarReport;
import dev.spanthrift.agent.control.source.SidecarReport.Amount;
import dev.spanthrift.agent.control.source.StreamMessage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** The stream of one pod without the sidecar behind it: takes what comes and reports. */
final class FakeSidecar implements WebSocket.Listener, AutoCloseable {
  private final StringBuilder text = new StringBuilder();
  private final WebSocket socket;
  private volatile String hash = "";
  private volatile Bundle bundle = Bundle.EMPTY;
  private volatile int changes;
  private volatile int same;
  private volatile String end;

  private FakeSidecar(HttpClient client, int port, String token) {
    socket =
        client
            .newWebSocketBuilder()
            .header("Authorization", "Bearer " + token)
            .buildAsync(URI.create("ws://127.0.0.1:" + port + StreamMessage.PATH), this)
            .join();
  }

  static FakeSidecar connect(
      HttpClient client, int port, String namespace, String pod, Map<String, String> labels) {
    FakeSidecar sidecar = new FakeSidecar(client, port, namespace + "." + pod);
    sidecar.send(new StreamMessage.Hello("test", "", labels));
    return sidecar;
  }

  /** The status of HTTP with which a stream is refused. */
  static int refusal(HttpClient client, int port, String token) {
    try (FakeSidecar sidecar = new FakeSidecar(client, port, token)) {
      return 101;
    } catch (CompletionException e) {
      return ((WebSocketHandshakeException) e.getCause()).getResponse().statusCode();
    }
  }

  void send(StreamMessage message) {
    socket.sendText(message.text(), true).join();
  }

  void sendRaw(String raw) {
    socket.sendText(raw, true).join();
  }

  void report(long received, long failed, double spent) {
    report(hash, null, received, failed, spent);
  }

  void report(String running, String refused, long received, long failed, double spent) {
    report(running, refused, List.of(), received, failed, spent);
  }

  void report(
      String running,
      String refused,
      List<String> refusedObjects,
      long received,
      long failed,
      double spent) {
    send(
        new StreamMessage.Reported(
            new SidecarReport(
                running,
                refused,
                refusedObjects,
                new Amount(received, received * 500),
                new Amount(received, received * 500),
                Amount.NONE,
                failed,
                0,
                new Amount(received / 2, received / 2 * 500),
                Amount.NONE,
                "USD",
                spent,
                0,
                0.5,
                Map.of("all", spent))));
  }

  String hash() {
    return hash;
  }

  Bundle bundle() {
    return bundle;
  }

  int changes() {
    return changes;
  }

  int same() {
    return same;
  }

  /** Null while it is open. */
  String end() {
    return end;
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
    text.append(part);
    if (last) {
      switch (StreamMessage.read(text.toString())) {
        case StreamMessage.Change change -> {
          bundle = Bundle.of(change.bundle());
          hash = change.hash();
          changes++;
        }
        case StreamMessage.Same unchanged -> same++;
        default -> {
          // a beat
        }
      }
      text.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    end = code + reason;
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable error) {
    end = error.toString();
  }

  @Override
  public void close() {
    socket.abort();
  }
}
