package dev.spanthrift.sampler.budget.books;

import dev.spanthrift.sampler.budget.price.Pricing;
import dev.spanthrift.sampler.budget.price.Traffic;
import dev.spanthrift.sampler.budget.price.model.Money;
import dev.spanthrift.sampler.budget.price.model.Window;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/** Traffic so far in the vendor's current windows, and what it adds to the bill. */
final class RunningUsage {
  private final Pricing pricing;
  private final Map<Window, Traffic> traffic = new EnumMap<>(Window.class);
  private final Map<Window, Instant> starts = new EnumMap<>(Window.class);
  private Money cost;

  RunningUsage(Pricing pricing) {
    this.pricing = pricing;
    cost = Money.zero(pricing.model().currency());
  }

  Map<Window, Traffic> inWindow() {
    return traffic;
  }

  /**
   * Begins new windows; after a jump of the clock the usage goes along, lest allotments come twice.
   */
  void roll(Instant now, boolean jumped) {
    boolean changed = false;
    for (Window window : Window.values()) {
      Instant start = window.start(now, pricing.model().zone());
      if (!start.equals(starts.put(window, start)) && !jumped) {
        traffic.put(window, Traffic.NONE);
        changed = true;
      }
    }
    if (changed) {
      cost = pricing.cost(traffic);
    }
  }

  /** Takes the estimators' new means for what was counted, too; that alone charges nothing. */
  void reprice() {
    cost = pricing.cost(traffic);
  }

  /** Counts, and answers what that added to the bill; below zero where a volume discount began. */
  Money add(Traffic more) {
    if (more.isNone()) {
      return Money.zero(cost.currency());
    }
    traffic.replaceAll((window, sum) -> sum.plus(more));
    Money now = pricing.cost(traffic);
    Money added = now.minus(cost);
    cost = now;
    return added;
  }

  void write(DataOutput out) throws IOException {
    for (Window window : Window.values()) {
      Traffic t = traffic.getOrDefault(window, Traffic.NONE);
      out.writeLong(starts.getOrDefault(window, Instant.EPOCH).getEpochSecond());
      out.writeLong(t.bytes());
      out.writeLong(t.spans());
      out.writeLong(t.events());
      out.writeLong(t.traces());
    }
  }

  void read(DataInput in) throws IOException {
    try {
      for (Window window : Window.values()) {
        starts.put(window, Instant.ofEpochSecond(in.readLong()));
        traffic.put(
            window, new Traffic(in.readLong(), in.readLong(), in.readLong(), in.readLong()));
      }
    } catch (IllegalArgumentException | java.time.DateTimeException e) {
      throw new IOException("usage", e);
    }
    cost = pricing.cost(traffic);
  }
}
