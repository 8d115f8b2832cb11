package dev.spanthrift.agent.collector.file;

import dev.spanthrift.agent.collector.reading.Place;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the extensions that exporters take credentials from. */
final class Authenticators {
  private final Place extensions;
  private final List<String> started;

  Authenticators(Place root) {
    extensions = root.child("extensions");
    started = root.child("service").child("extensions").texts();
  }

  /** The key {@code auth} of a destination. */
  void credentials(Place at, Map<String, Object> destination) {
    if (!at.given()) {
      return;
    }
    Place named = at.child("authenticator");
    String id = named.text("");
    if (id.isEmpty() || !extensions.child(id).exists()) {
      named.wrong("an extension that is defined");
    } else if (!started.contains(id)) {
      named.wrong("an extension that service.extensions names");
    } else {
      switch (ComponentId.kind("extensions", id)) {
        case "extensions/basicauth" -> basic(named, extensions.child(id), destination);
        case "extensions/bearertokenauth" -> bearer(extensions.child(id), destination);
        default ->
            at.remarks()
                .loss(
                    at,
                    "of authenticators basicauth and bearertokenauth are carried over, not " + id);
      }
    }
  }

  private static void basic(Place named, Place at, Map<String, Object> destination) {
    Place client = at.child("client_auth");
    if (!client.given()) {
      named.wrong("an extension with client_auth; htpasswd is for receivers");
    }
    Map<String, Object> auth = new LinkedHashMap<>();
    oneOf(client, "username", "username_file", "usernameFile", auth);
    oneOf(client, "password", "password_file", "passwordFile", auth);
    if (client.given() && auth.isEmpty()) {
      client.wrong("username and password, or username_file and password_file");
    }
    destination.put("auth", auth);
  }

  /** A file goes before a value, as in the Collector. */
  private static void oneOf(
      Place at, String value, String file, String ours, Map<String, Object> auth) {
    if (!at.child(file).isEmpty()) {
      auth.put(ours, at.child(file).text(""));
    } else if (!at.child(value).isEmpty()) {
      auth.put(value, at.child(value).text(""));
    }
  }

  private static void bearer(Place at, Map<String, Object> destination) {
    List<String> tokens = at.child("tokens").texts();
    Map<String, Object> auth = new LinkedHashMap<>();
    if (!at.child("token").isEmpty() && !tokens.isEmpty()) {
      at.wrong("either token or tokens");
    }
    if (!at.child("filename").isEmpty()) {
      auth.put("tokenFile", at.child("filename").text(""));
    } else if (!tokens.isEmpty()) {
      auth.put("token", tokens.getFirst());
    } else if (!at.child("token").isEmpty()) {
      auth.put("token", at.child("token").text(""));
    } else {
      at.wrong("token, tokens or filename");
    }
    if (at.child("header").given()) {
      auth.put("header", at.child("header").text(""));
    }
    if (at.child("scheme").exists()) {
      String scheme = at.child("scheme").text("");
      auth.put("scheme", scheme.isEmpty() ? "none" : scheme);
    }
    destination.put("auth", auth);
  }
}
