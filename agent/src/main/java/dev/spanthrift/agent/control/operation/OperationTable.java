package dev.spanthrift.agent.control.operation;

import dev.spanthrift.agent.control.operation.OperationHistory.Key;
import dev.spanthrift.agent.control.operation.OperationHistory.Reading;
import dev.spanthrift.agent.control.operation.OperationRow.Estimate;
import dev.spanthrift.agent.control.operation.OperationRow.Side;
import dev.spanthrift.agent.control.spend.ListPrice;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.estimate.Interval;
import dev.spanthrift.sampler.estimate.KeptOperation;
import dev.spanthrift.sampler.estimate.LogQuantiles;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the rows of two readings. */
final class OperationTable {
  private static final double NANOS = 1e9;
  private static final double MILLIS = 1e3;

  private final Reading now;
  private final @Nullable Reading ago;
  private final SpanPrice price;
  private final double seconds;

  /**
   * @param ago about a minute before; null when that is not known
   */
  OperationTable(Reading now, @Nullable Reading ago, SpanPrice price, long startedUnixMillis) {
    this.now = now;
    this.ago = ago;
    this.price = price;
    seconds = Math.max(1, (now.unixMillis() - startedUnixMillis) / MILLIS);
  }

  double seconds() {
    return seconds;
  }

  List<OperationRow> rows() {
    return now.all().values().stream().map(this::row).toList();
  }

  private OperationRow row(MeasuredOperation all) {
    Key key = Key.of(all);
    KeptOperation none = KeptOperation.none(all.service(), all.operation());
    KeptOperation kept = now.kept().getOrDefault(key, none);
    return new OperationRow(
        all.service(),
        all.operation(),
        new Side(
            all.spans(),
            all.errors(),
            all.bytes(),
            share(all.errors(), all.spans()),
            all.spans() / seconds,
            lately(all.spans(), spansAgo(key)),
            LogQuantiles.of(all, 0.5) / NANOS,
            LogQuantiles.of(all, 0.95) / NANOS,
            LogQuantiles.of(all, 0.99) / NANOS,
            ListPrice.of(price, all.bytes(), all.spans())),
        new Side(
            kept.spans(),
            kept.errors(),
            kept.bytes(),
            share(kept.errors(), kept.spans()),
            kept.spans() / seconds,
            lately(kept.spans(), keptAgo(key)),
            null,
            null,
            null,
            ListPrice.of(price, kept.bytes(), kept.spans())),
        all.spans() == 0 ? 0 : (double) kept.spans() / all.spans(),
        new Estimate(
            kept.count(),
            kept.errorCount(),
            inSeconds(kept.p50()),
            inSeconds(kept.p95()),
            inSeconds(kept.p99())),
        kept.spans() == 0 ? null : kept.probabilityMin());
  }

  private static @Nullable Double share(long part, long whole) {
    return whole == 0 ? null : (double) part / whole;
  }

  private long spansAgo(Key key) {
    Reading then = ago;
    MeasuredOperation known = then == null ? null : then.all().get(key);
    return known == null ? 0 : known.spans();
  }

  private long keptAgo(Key key) {
    Reading then = ago;
    KeptOperation known = then == null ? null : then.kept().get(key);
    return known == null ? 0 : known.spans();
  }

  private @Nullable Double lately(long spans, long spansBefore) {
    Reading then = ago;
    return then == null
        ? null
        : (spans - spansBefore) / Math.max(1, (now.unixMillis() - then.unixMillis()) / MILLIS);
  }

  private static @Nullable Interval inSeconds(@Nullable Interval nanos) {
    return nanos == null
        ? null
        : new Interval(
            nanos.estimate() / NANOS,
            inSeconds(nanos.standardError()),
            inSeconds(nanos.low()),
            inSeconds(nanos.high()));
  }

  private static @Nullable Double inSeconds(@Nullable Double nanos) {
    return nanos == null ? null : nanos / NANOS;
  }
}
