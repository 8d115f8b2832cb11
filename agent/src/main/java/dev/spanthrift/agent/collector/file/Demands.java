package dev.spanthrift.agent.collector.file;

import dev.spanthrift.agent.collector.reading.Place;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What the Collector demands of a component beyond the form of each key, before it starts: bounds,
 * and keys that go with others.
 */
final class Demands {
  private static final int SHARDS_MAX = 256;

  private Demands() {}

  static void of(String kind, Place at) {
    switch (kind) {
      case "exporters/otlp", "exporters/otlphttp" -> exporter(at);
      case "processors/batch" -> batch(at);
      case "processors/memory_limiter" -> memory(at);
      case "processors/tail_sampling" -> tail(at);
      case "extensions/basicauth" -> basic(at);
      default -> {}
    }
  }

  private static void exporter(Place at) {
    Place retry = at.child("retry_on_failure");
    if (retry.child("enabled").flag(true)) {
      long most = retry.child("max_elapsed_time").nanos(TimeUnit.MINUTES.toNanos(5));
      atMost(retry, "initial_interval", 5, most);
      atMost(retry, "max_interval", 30, most);
    }
    double jitter = retry.child("randomization_factor").number(0.5);
    check(jitter >= 0 && jitter <= 1, retry.child("randomization_factor"), "from 0 to 1");
    check(retry.child("multiplier").number(1) >= 0, retry.child("multiplier"), "0 or more");
    Place queue = at.child("sending_queue");
    positive(queue.child("num_consumers"));
    positive(queue.child("queue_size"));
    check(
        !queue.child("wait_for_result").flag(false) || queue.child("storage").isEmpty(),
        queue.child("wait_for_result"),
        "either this or storage");
    Place batch = queue.child("batch");
    check(
        !batch.child("sizer").text("items").equals("requests"),
        batch.child("sizer"),
        "items or bytes");
    sizes(batch.child("min_size"), batch.child("max_size"), 8192);
    once(batch.child("partition").child("metadata_keys"));
    check(
        !at.child("keepalive").given() || !at.child("idle_conn_timeout").given(),
        at.child("idle_conn_timeout"),
        "either this or keepalive.idle_conn_timeout");
  }

  private static void atMost(Place retry, String key, long seconds, long most) {
    long nanos = retry.child(key).nanos(TimeUnit.SECONDS.toNanos(seconds));
    Place at = retry.child(retry.child(key).given() ? key : "max_elapsed_time");
    check(
        most == 0 || nanos <= most,
        at,
        key + " and max_elapsed_time such that the former is not longer");
  }

  private static void batch(Place at) {
    sizes(at.child("send_batch_size"), at.child("send_batch_max_size"), 8192);
    once(at.child("metadata_keys"));
  }

  private static void sizes(Place least, Place most, long otherwise) {
    check(
        most.whole(0) == 0 || most.whole(0) >= least.whole(otherwise),
        most,
        "at least " + least.path().replaceFirst(".*\\.", "") + ", " + least.whole(otherwise));
  }

  private static void memory(Place at) {
    check(at.child("check_interval").nanos(0) > 0, at.child("check_interval"), "more than 0s");
    long limit = at.child("limit_mib").whole(0);
    long percentage = at.child("limit_percentage").whole(0);
    check(limit > 0 || percentage > 0, at.child("limit_mib"), "this or limit_percentage");
    check(percentage <= 100, at.child("limit_percentage"), "at most 100");
    check(
        limit == 0 || at.child("spike_limit_mib").whole(0) < limit,
        at.child("spike_limit_mib"),
        "less than limit_mib");
    check(
        percentage == 0 || at.child("spike_limit_percentage").whole(0) < percentage,
        at.child("spike_limit_percentage"),
        "less than limit_percentage");
  }

  private static void tail(Place at) {
    long shards = at.child("num_shards").whole(1);
    check(shards <= SHARDS_MAX, at.child("num_shards"), "at most " + SHARDS_MAX);
    check(
        shards <= 1 || at.child("tail_storage").isEmpty(),
        at.child("num_shards"),
        "1 beside tail_storage");
  }

  private static void basic(Place at) {
    check(
        at.child("htpasswd").given() != at.child("client_auth").given(),
        at,
        "either client_auth or htpasswd");
  }

  private static void positive(Place at) {
    check(at.whole(1) > 0, at, "more than 0");
  }

  /** Whatever their case. */
  private static void once(Place at) {
    Set<String> seen = new HashSet<>();
    List<Place> elements = at.elements();
    elements.forEach(e -> check(seen.add(e.text("").toLowerCase(Locale.ROOT)), e, "each key once"));
  }

  private static void check(boolean holds, Place at, String right) {
    if (!holds) {
      at.wrong(right);
    }
  }
}
