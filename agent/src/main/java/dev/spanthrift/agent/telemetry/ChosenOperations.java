package dev.spanthrift.agent.telemetry;

import dev.spanthrift.sampler.signal.MeasuredOperation;
import dev.spanthrift.sampler.signal.OperationMeasures;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The operations that have series of their own; all others share one.
 *
 * <p>Whoever got a place keeps it: counters that went from one series into another would look like
 * a restart. So the busiest of the first reading are chosen, and later ones while there is room.
 */
public final class ChosenOperations implements Supplier<List<MeasuredOperation>> {
  private final Supplier<List<MeasuredOperation>> source;
  private final int operationsMax;
  private final Set<Key> chosen = new HashSet<>();

  /**
   * Over all operations.
   *
   * @param operationsMax 0: none, not even the shared one
   */
  public ChosenOperations(Supplier<List<MeasuredOperation>> source, int operationsMax) {
    this.source = source;
    this.operationsMax = operationsMax;
  }

  private record Key(String service, String operation) {
    static Key of(MeasuredOperation measured) {
      return new Key(measured.service(), measured.operation());
    }

    boolean isOther() {
      return service.equals(OperationMeasures.OTHER) && operation.equals(OperationMeasures.OTHER);
    }
  }

  @Override
  public synchronized List<MeasuredOperation> get() {
    if (operationsMax == 0) {
      return List.of();
    }
    List<MeasuredOperation> all = source.get();
    choose(all);
    List<MeasuredOperation> named = new ArrayList<>();
    List<MeasuredOperation> rest = new ArrayList<>();
    all.forEach(each -> (chosen.contains(Key.of(each)) ? named : rest).add(each));
    if (!rest.isEmpty()) {
      named.add(sum(rest));
    }
    return List.copyOf(named);
  }

  private void choose(List<MeasuredOperation> all) {
    all.stream()
        .sorted(Comparator.comparingLong(MeasuredOperation::spans).reversed())
        .map(Key::of)
        .filter(key -> !key.isOther() && !chosen.contains(key))
        .limit(operationsMax - chosen.size())
        .toList()
        .forEach(chosen::add);
  }

  private static MeasuredOperation sum(List<MeasuredOperation> parts) {
    int from = parts.stream().mapToInt(MeasuredOperation::offset).min().orElse(0);
    int to = parts.stream().mapToInt(part -> part.offset() + part.buckets().length).max().orElse(0);
    long[] buckets = new long[to - from];
    for (MeasuredOperation part : parts) {
      for (int i = 0; i < part.buckets().length; i++) {
        buckets[part.offset() - from + i] += part.buckets()[i];
      }
    }
    return new MeasuredOperation(
        OperationMeasures.OTHER,
        OperationMeasures.OTHER,
        parts.stream().mapToLong(MeasuredOperation::spans).sum(),
        parts.stream().mapToLong(MeasuredOperation::errors).sum(),
        parts.stream().mapToLong(MeasuredOperation::bytes).sum(),
        parts.stream().mapToDouble(MeasuredOperation::durationSumNanos).sum(),
        parts.stream().mapToLong(MeasuredOperation::zeros).sum(),
        from,
        buckets);
  }
}
