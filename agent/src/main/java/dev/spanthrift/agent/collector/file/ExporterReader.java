package dev.spanthrift.agent.collector.file;

import dev.spanthrift.agent.collector.reading.Place;
import dev.spanthrift.agent.collector.reading.Remarks;
import dev.spanthrift.agent.config.settings.Values;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Reads {@code otlp} and {@code otlphttp} exporters as destinations. */
final class ExporterReader {
  private static final long SECONDS_MAX = TimeUnit.MINUTES.toSeconds(10);
  private static final int QUEUE_REQUESTS = 1000; // defaults of the Collector
  private static final int CONSUMERS = 10;

  private final Remarks remarks;
  private final Authenticators authenticators;

  ExporterReader(Remarks remarks, Authenticators authenticators) {
    this.remarks = remarks;
    this.authenticators = authenticators;
  }

  /** Its destinations: one, or one for each signal that has an URL of its own. */
  List<Map<String, Object>> read(String id, Place at, Set<String> signals) {
    return ComponentId.kind("exporters", id).equals("exporters/otlphttp")
        ? http(id, at, signals)
        : List.of(grpc(id, at, signals));
  }

  private Map<String, Object> grpc(String id, Place at, Set<String> signals) {
    String target = at.child("endpoint").text("");
    if (target.startsWith("unix:")) {
      remarks.loss(at.child("endpoint"), "unix sockets are not spoken");
    }
    boolean plain =
        target.startsWith("http://")
            || (!target.startsWith("https://") && at.child("tls").child("insecure").flag(false));
    String address = target.replaceFirst("^(https?://|dns:/*|passthrough:/*|unix:/*)", "");
    if (!target.startsWith("unix:") && !address.matches(".*:[0-9]+/?")) {
      at.child("endpoint").wrong("an endpoint as host:port; gRPC has no port of its own");
    }
    Map<String, Object> map = common(id, at, signals, 5);
    endpoint(at.child("endpoint"), (plain ? "http://" : "https://") + address, map);
    map.put("protocol", "grpc");
    if (plain && at.child("auth").given()) {
      at.child("auth").wrong("tls; over gRPC the Collector sends credentials with TLS only");
    }
    if (!plain) {
      TlsReader.ofExporter(at.child("tls"), map);
    }
    return map;
  }

  private List<Map<String, Object>> http(String id, Place at, Set<String> signals) {
    for (String signal : List.of("traces", "metrics", "logs", "profiles")) {
      if (!signals.contains(signal) && at.child(signal + "_endpoint").given()) {
        remarks.note(at.child(signal + "_endpoint"), "no pipeline of " + signal + " goes there");
      }
    }
    if (at.child("tls").child("insecure").given()) {
      remarks.note(at.child("tls").child("insecure"), "http:// or https:// decides");
    }
    List<Map<String, Object>> all = new ArrayList<>();
    List<String> rest = new ArrayList<>();
    for (String signal : signals) {
      Place own = at.child(signal + "_endpoint");
      if (own.given()) {
        Map<String, Object> map = common(id + "-" + signal, at, Set.of(signal), 30);
        endpoint(own, own.text(""), map);
        map.put("endpointExact", true);
        all.add(withHttp(at, map));
      } else {
        rest.add(signal);
      }
    }
    if (!rest.isEmpty()) {
      Map<String, Object> map = common(id, at, rest, 30);
      endpoint(at.child("endpoint"), at.child("endpoint").text(""), map);
      all.addFirst(withHttp(at, map));
    }
    return all;
  }

  private Map<String, Object> withHttp(Place at, Map<String, Object> map) {
    map.put("protocol", "http/protobuf");
    Place proxy = at.child("proxy_url");
    if (proxy.text("").startsWith("http://")) {
      map.put("proxy", proxy.text(""));
    } else if (!proxy.isEmpty()) {
      remarks.loss(proxy, "proxies are asked by plain HTTP, http://host:port");
    }
    if (String.valueOf(map.get("endpoint")).startsWith("https://")) {
      TlsReader.ofExporter(at.child("tls"), map);
    }
    return map;
  }

  private void endpoint(Place at, String text, Map<String, Object> map) {
    try {
      URI uri = URI.create(text);
      if (uri.getHost() == null || !String.valueOf(uri.getScheme()).startsWith("http")) {
        throw new IllegalArgumentException(text);
      }
      map.put("endpoint", text);
    } catch (IllegalArgumentException e) {
      at.wrong("an endpoint as host:port or http://host:port");
      map.put("endpoint", "http://invalid.invalid:1");
    }
  }

  private Map<String, Object> common(
      String name, Place at, Iterable<String> signals, long timeoutSeconds) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", name);
    map.put("endpoint", "");
    List<String> list = new ArrayList<>();
    signals.forEach(list::add);
    map.put("signals", list.stream().sorted().toList());
    headers(at.child("headers"), map);
    authenticators.credentials(at.child("auth"), map);
    map.put("compression", compression(at.child("compression")));
    long timeout = at.child("timeout").nanos(TimeUnit.SECONDS.toNanos(timeoutSeconds));
    long most = TimeUnit.SECONDS.toNanos(SECONDS_MAX); // 0 means no limit
    map.put(
        "timeout", Values.text(Duration.ofNanos(timeout == 0 ? most : Math.min(most, timeout))));
    map.put("retryFor", retry(at.child("retry_on_failure")));
    queue(at.child("sending_queue"), map);
    return map;
  }

  /** A map, or a list of names with values. */
  private static void headers(Place at, Map<String, Object> map) {
    Map<String, Object> headers = new LinkedHashMap<>();
    if (at.isList()) {
      at.elements().forEach(e -> headers.put(e.child("name").text(""), e.child("value").text("")));
    } else {
      at.children().forEach((name, value) -> headers.put(name, value.text("")));
    }
    if (!headers.isEmpty()) {
      map.put("headers", headers);
    }
  }

  private String compression(Place at) {
    String named = at.text("gzip");
    return switch (named) {
      case "gzip", "zstd", "none" -> named;
      case "" -> "none";
      default -> {
        remarks.otherwise(at, "gzip takes its place");
        yield "gzip";
      }
    };
  }

  private String retry(Place at) {
    if (!at.child("enabled").flag(true)) {
      return "0s";
    }
    long elapsed = at.child("max_elapsed_time").nanos(TimeUnit.MINUTES.toNanos(5));
    long most = TimeUnit.DAYS.toNanos(1); // 0 means for ever
    if (elapsed == 0 || elapsed > most) {
      remarks.note(at.child("max_elapsed_time"), "a request is given up after 24h of attempts");
    }
    return Values.text(Duration.ofNanos(elapsed == 0 ? most : Math.min(most, elapsed)));
  }

  /** Queues are counted in bytes here; a queue of the default size gets the default bytes. */
  private void queue(Place at, Map<String, Object> map) {
    map.put("requestsMax", Math.clamp(at.child("num_consumers").whole(CONSUMERS), 1, 1000));
    Place size = at.child("queue_size");
    if (at.child("sizer").text("requests").equals("bytes")) {
      map.put("queueBytesMax", Math.max(64 << 10, size.whole(64 << 20)) + "B");
      return;
    }
    String text =
        "the queue is bounded in bytes, queueBytesMax 64MiB, and not at "
            + size.whole(QUEUE_REQUESTS)
            + " "
            + at.child("sizer").text("requests");
    if (at.child("sizer").text("requests").equals("items")) {
      remarks.otherwise(at.child("sizer"), text);
    }
    if (size.given() && size.whole(QUEUE_REQUESTS) != QUEUE_REQUESTS) {
      remarks.otherwise(size, text);
    } else {
      remarks.note(at, text);
    }
  }
}
