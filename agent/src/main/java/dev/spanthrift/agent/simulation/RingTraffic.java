package dev.spanthrift.agent.simulation;

import dev.spanthrift.agent.recording.ColumnReader;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.Where;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a running sidecar has received lately, from its columns. */
public final class RingTraffic implements RecordedTraffic {
  private static final long MILLI = 1_000_000;

  private final SpanRing.Snapshot columns;
  private final int requests;

  public RingTraffic(SpanRing.Snapshot columns) {
    this.columns = columns;
    requests = columns.requests();
  }

  /**
   * Places of policies that ask for what columns do not have: attributes other than the service's
   * name, events, trace states. They cannot be answered.
   */
  public static List<Integer> unanswerable(PolicyDocument document) {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < document.policies().size(); i++) {
      Policy policy = document.policies().get(i);
      if (!isKnown(policy.match())) {
        places.add(i);
      }
    }
    return places;
  }

  private static boolean isKnown(Condition condition) {
    return switch (condition) {
      case Condition.All all -> all.conditions().stream().allMatch(RingTraffic::isKnown);
      case Condition.Any any -> any.conditions().stream().allMatch(RingTraffic::isKnown);
      case Condition.SameSpan same -> same.conditions().stream().allMatch(RingTraffic::isKnown);
      case Condition.Not not -> isKnown(not.condition());
      case Condition.Attribute attribute ->
          attribute.where() == Where.RESOURCE && attribute.key().equals("service.name");
      case Condition.EventName event -> false;
      case Condition.TraceStateEntry entry -> false;
      case Condition.Custom custom -> false;
      case Condition.Root root -> true;
      case Condition.Name name -> true;
      case Condition.Kind kind -> true;
      case Condition.Status status -> true;
      case Condition.OfTrace ofTrace -> true;
    };
  }

  @Override
  public int requests() {
    return requests;
  }

  @Override
  public Reader open() {
    ColumnReader reader = columns.open();
    return new Reader() {
      @Override
      public byte @Nullable [] next() {
        return reader.next();
      }

      @Override
      public long nanos() {
        return reader.millis() * MILLI;
      }

      @Override
      public void close() {}
    };
  }
}
