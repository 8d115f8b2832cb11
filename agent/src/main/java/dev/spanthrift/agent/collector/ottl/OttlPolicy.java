package dev.spanthrift.agent.collector.ottl;

import dev.spanthrift.agent.collector.ottl.value.SpanView;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.wire.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The conditions of one policy: true of a trace when one of them is true of one of its spans or of
 * their events.
 */
public record OttlPolicy(List<Ottl.Test> ofSpan, List<Ottl.Test> ofEvent, ErrorMode mode) {
  public OttlPolicy {
    ofSpan = List.copyOf(ofSpan);
    ofEvent = List.copyOf(ofEvent);
  }

  /** What becomes of a condition that cannot be answered, as of a text that is compared by size. */
  public enum ErrorMode {
    /** It is not true, and the Collector logs it. */
    IGNORE,
    /** It is not true. */
    SILENT,
    /** The whole policy has no answer, unless it was true before. */
    PROPAGATE
  }

  /** Exactly what is asked, where failures are ignored. */
  public Condition exact() {
    return any(
        ofSpan.stream().map(condition -> OttlConditions.exact(condition, false)),
        ofEvent.stream().map(condition -> OttlConditions.exact(condition, true)));
  }

  private static Condition any(Stream<Condition> spans, Stream<Condition> events) {
    List<Condition> all = Stream.concat(spans, events).toList();
    return all.size() == 1 ? all.getFirst() : new Condition.Any(all);
  }

  /** Much the same as one that can be written down. */
  public Optional<Condition> writable() {
    List<Condition> spans =
        ofSpan.stream().flatMap(c -> OttlConditions.writable(c, false).stream()).toList();
    List<Condition> events =
        ofEvent.stream().flatMap(c -> OttlConditions.writable(c, true).stream()).toList();
    return spans.size() == ofSpan.size() && events.size() == ofEvent.size()
        ? Optional.of(any(spans.stream(), events.stream()))
        : Optional.empty();
  }

  /** Asks spans one after the other; one thread at a time. */
  public Asked ask() {
    return new Asked(this);
  }

  /** The policy, ready. */
  public static final class Asked {
    private final List<OttlProgram> ofSpan = new ArrayList<>();
    private final List<OttlProgram> ofEvent = new ArrayList<>();
    private final boolean propagates;
    private final SpanView view = new SpanView();

    private Asked(OttlPolicy policy) {
      policy.ofSpan.forEach(condition -> ofSpan.add(new OttlProgram(condition)));
      policy.ofEvent.forEach(condition -> ofEvent.add(new OttlProgram(condition)));
      propagates = policy.mode == ErrorMode.PROPAGATE;
    }

    /** What one span says. */
    public Answer of(Batch batch, int row) {
      view.on(batch, row);
      Answer answer = any(ofSpan);
      while (answer == Answer.NO && !ofEvent.isEmpty() && view.nextEvent()) {
        answer = any(ofEvent);
      }
      return answer;
    }

    private Answer any(List<OttlProgram> conditions) {
      for (int i = 0; i < conditions.size(); i++) {
        int answer = conditions.get(i).test(view);
        if (answer == OttlProgram.YES) {
          return Answer.YES;
        }
        if (answer == OttlProgram.FAILED && propagates) {
          return Answer.FAILED;
        }
      }
      return Answer.NO;
    }
  }

  /** What a span says to a policy. */
  public enum Answer {
    NO,
    YES,
    FAILED
  }
}
