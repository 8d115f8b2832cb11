package dev.spanthrift.agent.collector.file;

import dev.spanthrift.agent.collector.reading.Place;
import dev.spanthrift.agent.collector.reading.Remarks;
import dev.spanthrift.agent.collector.reading.Texts;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Reads an {@code otlp} receiver as the section {@code listen}. */
final class ReceiverReader {
  private static final int GRPC_PORT = 4317; // defaults of the Collector
  private static final int HTTP_PORT = 4318;

  private final Remarks remarks;

  ReceiverReader(Remarks remarks) {
    this.remarks = remarks;
  }

  Map<String, Object> read(Place at) {
    at.expect(Set.of("protocols"));
    Place protocols = at.child("protocols");
    protocols.expect(Set.of("grpc", "http"));
    Place grpc = protocols.child("grpc");
    Place http = protocols.child("http");
    if (!grpc.exists() && !http.exists()) {
      remarks.wrong(protocols, "grpc or http");
    }
    Map<String, Object> listen = new LinkedHashMap<>();
    listen.put("grpc", address(grpc, GRPC_PORT));
    listen.put("http", address(http, HTTP_PORT));
    grpc.expect(
        Set.of(
            "endpoint",
            "transport",
            "tls",
            "max_recv_msg_size_mib",
            "max_concurrent_streams",
            "read_buffer_size",
            "write_buffer_size",
            "keepalive",
            "include_metadata"));
    http.expect(
        Set.of(
            "endpoint",
            "transport",
            "tls",
            "max_request_body_size",
            "include_metadata",
            "read_header_timeout",
            "read_timeout",
            "write_timeout",
            "idle_timeout",
            "compression_algorithms",
            "keep_alives_enabled"));
    long mebibytes = grpc.child("max_recv_msg_size_mib").whole(0);
    if (mebibytes > 0) {
      long size = Math.min(1024, mebibytes);
      listen.put("requestBytesMax", Texts.mebibytes(size));
      listen.put("pendingBytesMax", Texts.mebibytes(size * 2));
    }
    Place tls = grpc.child("tls").given() ? grpc.child("tls") : http.child("tls");
    if (tls.given()) {
      listen.put("tls", tls(tls));
      if (grpc.exists()
          && http.exists()
          && grpc.child("tls").given() != http.child("tls").given()) {
        remarks.otherwise(tls, "holds for both ports");
      }
    }
    return listen;
  }

  /** A protocol that is absent has its port closed in the Collector; here it is an unknown one. */
  private Map<String, Object> address(Place at, int port) {
    Map<String, Object> address = new LinkedHashMap<>();
    if (!at.exists()) {
      address.put("host", "127.0.0.1");
      address.put("port", 0);
      return address;
    }
    if (at.child("transport").text("tcp").startsWith("unix")) {
      remarks.lost(at.child("transport"), "unix sockets are not spoken");
    }
    String endpoint = at.child("endpoint").text("localhost:" + port);
    int colon = endpoint.lastIndexOf(':');
    String host = colon < 0 ? endpoint : endpoint.substring(0, colon);
    String number = colon < 0 ? "" : endpoint.substring(colon + 1);
    if (!number.matches("[0-9]{1,5}")) {
      remarks.wrong(at.child("endpoint"), "an address as host:port");
      number = String.valueOf(port);
    }
    String bare = host.replaceAll("^\\[|]$", "");
    address.put("host", bare.isEmpty() ? "0.0.0.0" : bare.equals("localhost") ? "127.0.0.1" : bare);
    address.put("port", Integer.parseInt(number));
    return address;
  }

  private static Map<String, Object> tls(Place at) {
    at.expect(
        Set.of(
            "cert_file",
            "key_file",
            "client_ca_file",
            "min_version",
            "max_version",
            "reload_interval"));
    Map<String, Object> tls = new LinkedHashMap<>();
    Map.of("cert_file", "certificate", "key_file", "key", "client_ca_file", "clientAuthority")
        .forEach(
            (theirs, ours) -> {
              if (at.child(theirs).given()) {
                tls.put(ours, at.child(theirs).text(""));
              }
            });
    return tls;
  }
}
