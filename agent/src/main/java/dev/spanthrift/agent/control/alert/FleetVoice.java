package dev.spanthrift.agent.control.alert;

import dev.spanthrift.agent.pipeline.FleetStatus;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether this sidecar tells what is wrong with money that its fleet shares: of all that see it,
 * the first by name does. When that one leaves, the next one tells it again.
 *
 * <p>Members are asked for only while there is something to tell, at most once a minute. Until they
 * answer nobody speaks; when they cannot be read everybody does: better twice than never.
 */
final class FleetVoice {
  private static final long MINUTE_MILLIS = 60_000;

  private final Supplier<@Nullable FleetStatus> fleet;
  private final Supplier<CompletableFuture<List<FleetStatus.Member>>> members;
  private final LongSupplier unixMillis;
  private volatile boolean isFirst;
  private long askedMillis = -MINUTE_MILLIS;

  FleetVoice(
      Supplier<@Nullable FleetStatus> fleet,
      Supplier<CompletableFuture<List<FleetStatus.Member>>> members,
      LongSupplier unixMillis) {
    this.fleet = fleet;
    this.members = members;
    this.unixMillis = unixMillis;
  }

  boolean speaks() {
    FleetStatus status = fleet.get();
    if (status == null) {
      return true;
    }
    long now = unixMillis.getAsLong();
    if (now - askedMillis >= MINUTE_MILLIS || now < askedMillis) {
      askedMillis = now;
      var unused =
          members
              .get()
              .whenComplete((all, failure) -> isFirst = all == null || isFirst(status.pod(), all));
    }
    return isFirst;
  }

  private static boolean isFirst(String pod, List<FleetStatus.Member> all) {
    return all.stream().map(FleetStatus.Member::pod).noneMatch(other -> other.compareTo(pod) < 0);
  }
}
