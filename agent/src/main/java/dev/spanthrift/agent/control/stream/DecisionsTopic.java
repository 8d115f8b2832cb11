package dev.spanthrift.agent.control.stream;

import dev.spanthrift.agent.control.explain.DecisionSearch;
import dev.spanthrift.agent.control.explain.DecisionSearch.DecisionQuery;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.sampler.explain.DecisionLog;
import dev.spanthrift.sampler.explain.LoggedDecision;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decisions as they fall, at most 50 a second for each client. Where more match, some that are
 * spread evenly, and an event {@code sampled} says of how many. The id is the decision's number.
 *
 * <p>Of more than 4,000 a second the youngest are looked at.
 */
final class DecisionsTopic implements Topic {
  static final int AT_ONCE = 25; // a beat is half a second

  private static final int LOOKED_AT_MAX = 2_000;
  private static final int RESUMED_MAX = 500;
  private static final long SETTLES_MILLIS = 2_000;
  private static final Set<String> FILTERS = Set.of("service", "operation", "outcome", "reason");

  private final PipelineView pipeline;
  private final DecisionSearch search;
  private final Map<Long, byte[]> rendered = new HashMap<>(); // of this beat, by number
  private List<LoggedDecision> fresh = List.of();
  private long last = DecisionLog.NONE;
  private boolean begun;

  DecisionsTopic(PipelineView pipeline) {
    this.pipeline = pipeline;
    search = new DecisionSearch(pipeline);
  }

  @Override
  public Feed open(Map<String, String> query, @Nullable String lastEventId) {
    Streams.refuseUnknown(query, FILTERS);
    if (pipeline.decisions() == null) {
      throw new ProblemException(
          ProblemType.NOT_RECORDED, "decisions are not noted: explain.bytesMax is 0");
    }
    return new OfClient(
        new DecisionQuery(
            query.get("service"),
            query.get("operation"),
            query.get("outcome"),
            query.get("reason")),
        Streams.number(lastEventId));
  }

  @Override
  public void beat() {
    rendered.clear();
    DecisionLog log = pipeline.decisions();
    if (log == null) {
      return;
    }
    if (!begun) {
      begun = true;
      last = log.last();
    }
    fresh = settled(log.after(last, LOOKED_AT_MAX));
    if (!fresh.isEmpty()) {
      last = fresh.getLast().number();
    }
  }

  /** Up to the first that may still be settled within this tick; limbo takes longer than that. */
  private static List<LoggedDecision> settled(List<LoggedDecision> decisions) {
    long now = System.currentTimeMillis();
    for (int i = 0; i < decisions.size(); i++) {
      LoggedDecision decision = decisions.get(i);
      if (decision.outcome() == LoggedDecision.Conclusion.WAITING
          && now - decision.unixMillis() < SETTLES_MILLIS) {
        return decisions.subList(0, i);
      }
    }
    return decisions;
  }

  private byte[] json(LoggedDecision decision) {
    return rendered.computeIfAbsent(
        decision.number(), number -> EventLines.json(search.row(decision)));
  }

  /** How many of those that match are shown. */
  private record Sampled(int shown, int of) {}

  private final class OfClient implements Feed {
    private final DecisionQuery filter;
    private final ArrayDeque<LoggedDecision> missed = new ArrayDeque<>();
    private @Nullable Long resumeAfter;
    private boolean listens;

    OfClient(DecisionQuery filter, @Nullable Long resumeAfter) {
      this.filter = filter;
      this.resumeAfter = resumeAfter;
    }

    @Override
    public void poll(EventLines to) {
      // What this beat has found is from before this client came.
      List<LoggedDecision> wanted = wanted(listens ? fresh : List.of());
      listens = true;
      if (resumeAfter != null) {
        resume(resumeAfter);
        resumeAfter = null;
      } else if (!missed.isEmpty()) {
        missed.addAll(wanted.subList(Math.max(0, wanted.size() - RESUMED_MAX), wanted.size()));
        while (missed.size() > RESUMED_MAX) {
          missed.removeFirst();
        }
      } else {
        live(wanted, to);
      }
      for (int i = 0; i < AT_ONCE && !missed.isEmpty(); i++) {
        add(missed.removeFirst(), to);
      }
    }

    private List<LoggedDecision> wanted(List<LoggedDecision> decisions) {
      return decisions.stream().filter(decision -> search.isWanted(decision, filter)).toList();
    }

    /** What was decided while the client was away, as far as it is still known. */
    private void resume(long after) {
      DecisionLog log = pipeline.decisions();
      if (log != null) {
        wanted(log.after(after, RESUMED_MAX)).stream()
            .filter(decision -> decision.number() <= last)
            .forEach(missed::add);
      }
    }

    private void live(List<LoggedDecision> wanted, EventLines to) {
      List<LoggedDecision> shown = thinned(wanted);
      if (shown.size() < wanted.size()) {
        to.add("sampled", EventLines.json(new Sampled(shown.size(), wanted.size())));
      }
      shown.forEach(decision -> add(decision, to));
    }

    private static List<LoggedDecision> thinned(List<LoggedDecision> wanted) {
      if (wanted.size() <= AT_ONCE) {
        return wanted;
      }
      List<LoggedDecision> some = new ArrayList<>();
      for (int i = 1; i <= AT_ONCE; i++) {
        some.add(wanted.get(i * wanted.size() / AT_ONCE - 1)); // the last one is among them
      }
      return some;
    }

    private void add(LoggedDecision decision, EventLines to) {
      to.add("decision", decision.number(), json(decision));
    }
  }
}
