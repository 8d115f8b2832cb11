package dev.spanthrift.agent.collector.file;

import dev.spanthrift.agent.collector.reading.Place;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads {@code tls} sections: files, and the oldest version. */
final class TlsReader {
  private TlsReader() {}

  static void ofExporter(Place at, Map<String, Object> map) {
    path(at.child("ca_file"), "authority", map);
    pair(at, "clientCertificate", "clientKey", map);
  }

  static Map<String, Object> ofReceiver(Place at) {
    Map<String, Object> tls = new LinkedHashMap<>();
    pair(at, "certificate", "key", tls);
    path(at.child("client_ca_file"), "clientAuthority", tls);
    return tls;
  }

  private static void pair(Place at, String certificate, String key, Map<String, Object> map) {
    path(at.child("cert_file"), certificate, map);
    path(at.child("key_file"), key, map);
    boolean certified = given(at, "cert_file") || given(at, "cert_pem");
    if (certified != (given(at, "key_file") || given(at, "key_pem"))) {
      at.wrong("both a certificate and its key, or neither");
    }
    for (String what : new String[] {"ca", "cert", "key"}) {
      if (given(at, what + "_file") && given(at, what + "_pem")) {
        at.child(what + "_pem").wrong("either this or " + what + "_file");
      }
    }
    version(at.child("min_version"));
  }

  private static boolean given(Place at, String key) {
    return !at.child(key).isEmpty();
  }

  private static void path(Place at, String key, Map<String, Object> map) {
    if (!at.isEmpty()) {
      map.put(key, at.text(""));
    }
  }

  private static void version(Place at) {
    switch (at.text("")) {
      case "1.3" -> at.remarks().loss(at, "TLS 1.2 is spoken as well");
      case "1.0", "1.1" -> at.remarks().otherwise(at, "TLS 1.2 and 1.3 are spoken");
      default -> {}
    }
  }
}
