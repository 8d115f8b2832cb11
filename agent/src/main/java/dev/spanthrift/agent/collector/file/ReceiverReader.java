package dev.spanthrift.agent.collector.file;

import dev.spanthrift.agent.collector.reading.Place;
import dev.spanthrift.agent.collector.reading.Remarks;
import dev.spanthrift.agent.config.settings.Values;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads an {@code otlp} receiver as the section {@code listen}. */
final class ReceiverReader {
  private static final int GRPC_PORT = 4317; // defaults of the Collector
  private static final int HTTP_PORT = 4318;
  private static final long GRPC_BYTES = 4 << 20;
  private static final long HTTP_BYTES = 20 << 20;
  private static final long BYTES_MAX = 1 << 30; // of ours
  private static final Set<String> ENCODINGS = Set.of("", "gzip", "zstd", "deflate");

  private final Remarks remarks;
  private final Place grpc;
  private final Place http;
  private final Map<String, Object> listen = new LinkedHashMap<>();

  ReceiverReader(Place at) {
    remarks = at.remarks();
    grpc = at.child("protocols").child("grpc");
    http = at.child("protocols").child("http");
    if (at.child("protocols").isEmpty()) {
      at.child("protocols").wrong("grpc or http, or both");
    }
  }

  Map<String, Object> read() {
    listen.put("grpc", address(grpc, GRPC_PORT));
    Map<String, Object> address = address(http, HTTP_PORT);
    cors(address);
    listen.put("http", address);
    sizes();
    times();
    tls();
    for (Place encoding : http.child("compression_algorithms").elements()) {
      if (!ENCODINGS.contains(encoding.text(""))) {
        remarks.loss(encoding, "requests are taken plain, with gzip, zstd or deflate");
      }
    }
    if (http.child("compression_algorithms").given()) {
      remarks.note(
          http.child("compression_algorithms"), "gzip, zstd and deflate are taken, listed or not");
    }
    return listen;
  }

  /** Both ports have one limit: the larger one, so that neither refuses what it took. */
  private void sizes() {
    Place ofGrpc = grpc.child("max_recv_msg_size_mib");
    Place ofHttp = http.child("max_request_body_size");
    long grpcMost = ofGrpc.whole(0) > 0 ? ofGrpc.whole(0) << 20 : grpc.exists() ? GRPC_BYTES : 0;
    long httpMost = ofHttp.whole(0) > 0 ? ofHttp.whole(0) : http.exists() ? HTTP_BYTES : 0;
    long most = Math.clamp(Math.max(grpcMost, httpMost), 1024, BYTES_MAX);
    if (ofGrpc.whole(0) > 0 || ofHttp.whole(0) > 0) {
      listen.put("requestBytesMax", most + "B");
      listen.put("pendingBytesMax", most * 2 + "B");
    }
    sayIfOther(ofGrpc, grpcMost, most);
    sayIfOther(ofHttp, httpMost, most);
  }

  private void sayIfOther(Place at, long wanted, long most) {
    if (at.whole(0) > 0 && wanted != most) {
      remarks.otherwise(at, "requests have at most " + most + " bytes on both ports");
    }
    if (at.whole(0) < 0) {
      at.wrong("a size, not negative");
    }
  }

  private void times() {
    time("requestTimeout", Duration.ofHours(1), http.child("read_timeout"));
    time("headTimeout", Duration.ofHours(1), http.child("read_header_timeout"));
    Place parameters = grpc.child("keepalive").child("server_parameters");
    Place httpIdle = http.child("idle_timeout");
    Place inSection = http.child("keepalive").child("idle_timeout");
    if (httpIdle.given() && inSection.given()) {
      httpIdle.wrong("either this or keepalive.idle_timeout");
    }
    time(
        "idleTimeout",
        Duration.ofDays(1),
        parameters.child("max_connection_idle"),
        httpIdle.given() ? httpIdle : inSection);
    age(parameters.child("max_connection_age"), parameters.child("max_connection_age_grace"));
  }

  /** 0 is for ever, in both; a grace without an age says nothing. */
  private void age(Place most, Place grace) {
    if (most.nanos(0) <= 0) {
      if (grace.given()) {
        remarks.note(grace, "counts where max_connection_age does");
      }
      return;
    }
    long second = Duration.ofSeconds(1).toNanos();
    long year = Duration.ofDays(365).toNanos();
    listen.put("connectionAgeMax", text(Math.clamp(most.nanos(0), second, year)));
    listen.put("connectionAgeGrace", text(limited(grace, Duration.ofHours(1))));
    if (http.exists()) {
      remarks.note(most, "holds for connections of both ports");
    }
  }

  private static String text(long nanos) {
    return Values.text(Duration.ofNanos(nanos <= 0 ? Duration.ofHours(1).toNanos() : nanos));
  }

  private void cors(Map<String, Object> address) {
    Place cors = http.child("cors");
    List<String> origins = cors.child("allowed_origins").texts();
    if (origins.isEmpty()) {
      return;
    }
    Map<String, Object> ours = new LinkedHashMap<>();
    ours.put("allowedOrigins", origins);
    ours.put("allowedHeaders", cors.child("allowed_headers").texts());
    if (cors.child("max_age").whole(0) > 0) {
      ours.put("maxAge", Math.min(86_400, cors.child("max_age").whole(0)) + "s");
    }
    address.put("cors", ours);
  }

  /** The longest that is given holds for both ports; 0 is without an end. */
  private void time(String key, Duration most, Place... places) {
    long longest = 0;
    for (Place at : places) {
      longest = Math.max(longest, limited(at, most));
    }
    for (Place at : places) {
      if (at.given() && limited(at, most) != longest) {
        remarks.otherwise(at, "is " + Values.text(Duration.ofNanos(longest)) + " on both ports");
      }
    }
    if (longest > 0) {
      listen.put(key, Values.text(Duration.ofNanos(longest)));
    }
  }

  private static long limited(Place at, Duration most) {
    if (!at.given()) {
      return 0;
    }
    long nanos = at.nanos(0);
    return nanos <= 0 ? most.toNanos() : Math.clamp(nanos, 10_000_000L, most.toNanos());
  }

  private void tls() {
    Place tls = grpc.child("tls").given() ? grpc.child("tls") : http.child("tls");
    if (!tls.given()) {
      return;
    }
    listen.put("tls", TlsReader.ofReceiver(tls));
    Place other = http.child("tls");
    if (grpc.exists() && http.exists()) {
      if (grpc.child("tls").given() != other.given()) {
        remarks.otherwise(tls, "holds for both ports");
      } else if (!TlsReader.ofReceiver(other).equals(TlsReader.ofReceiver(tls))) {
        remarks.loss(other, "the certificates of grpc hold for both ports");
      }
    }
    if (!tls.child("cert_file").given() && !tls.child("cert_pem").given()) {
      tls.wrong("cert_file and key_file");
    }
  }

  /** A protocol that is absent has its port closed in the Collector; here it is an unknown one. */
  private Map<String, Object> address(Place at, int port) {
    Map<String, Object> address = new LinkedHashMap<>();
    if (!at.exists()) {
      address.put("host", "127.0.0.1");
      address.put("port", 0);
      return address;
    }
    String transport = at.child("transport").text("tcp");
    if (transport.startsWith("unix") || transport.equals("npipe")) {
      remarks.loss(at.child("transport"), "requests come by TCP");
    } else if (!transport.equals("tcp")) {
      remarks.otherwise(at.child("transport"), "the host says which of IPv4 and IPv6 is taken");
    }
    String endpoint = at.child("endpoint").text("localhost:" + port);
    int colon = endpoint.lastIndexOf(':');
    String host = colon < 0 ? endpoint : endpoint.substring(0, colon);
    String number = colon < 0 ? "" : endpoint.substring(colon + 1);
    if (!number.matches("[0-9]{1,5}")) {
      at.child("endpoint").wrong("an address as host:port");
      number = String.valueOf(port);
    }
    String bare = host.replaceAll("^\\[|]$", "");
    address.put("host", bare.isEmpty() ? "0.0.0.0" : bare);
    address.put("port", Integer.parseInt(number));
    return address;
  }
}
