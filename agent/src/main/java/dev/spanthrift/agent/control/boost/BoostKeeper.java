package dev.spanthrift.agent.control.boost;

import dev.spanthrift.agent.control.audit.AuditLog;
import dev.spanthrift.agent.control.audit.Author;
import dev.spanthrift.agent.control.http.JsonDifference;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.timer.Guarded;
import dev.spanthrift.sampler.Boost;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes boosts, ends them at their time or when their cap is spent, and finds them again after a
 * restart.
 *
 * <p>Looks at them once a second while there is one, and never while there is none.
 */
public final class BoostKeeper {
  /** Active at once. */
  public static final int ACTIVE_MAX = 5;

  static final int ENDED_MAX = 20;
  private static final long SAVE_MILLIS = 10_000;
  private static final double PICOS = 1e12;
  private static final Author BY_ITSELF = new Author("spanthrift", "", "");
  private static final Logger log = LoggerFactory.getLogger(BoostKeeper.class);

  private final BoostFile file;
  private final PipelineView pipeline;
  private final AuditLog audit;
  private final ScheduledExecutorService timer;
  private final LongSupplier clock;
  private final List<ActiveBoost> active = new ArrayList<>();
  private final Deque<ActiveBoost> ended = new ArrayDeque<>();
  private long savedMillis;
  private long savedPicos;
  private boolean looking;

  /**
   * @param stateDirectory none: boosts end with the process
   */
  public BoostKeeper(
      @Nullable Path stateDirectory,
      PipelineView pipeline,
      AuditLog audit,
      ScheduledExecutorService timer,
      LongSupplier clock) {
    file = new BoostFile(stateDirectory);
    this.pipeline = pipeline;
    this.audit = audit;
    this.timer = timer;
    this.clock = clock;
  }

  /** Puts back what a former process left, unless its time is up. */
  public synchronized void restore() {
    active.addAll(file.read());
    if (active.isEmpty()) {
      return;
    }
    if (!pipeline.boost(boosts())) {
      log.warn("{} boosts are not in force again: the policies leave no room", active.size());
    }
    log.info("{} boosts go on", active.size());
    look();
  }

  /** Those that act now, the youngest first. */
  public synchronized List<ActiveBoost> active() {
    return List.copyOf(active).reversed();
  }

  /** Those that have ended of late, the youngest first. */
  public synchronized List<ActiveBoost> ended() {
    return List.copyOf(ended);
  }

  /** Active or ended; null where there is none. */
  public synchronized @Nullable ActiveBoost find(String id) {
    for (ActiveBoost boost : active) {
      if (boost.id().equals(id)) {
        return boost;
      }
    }
    return ended.stream().filter(boost -> boost.id().equals(id)).findFirst().orElse(null);
  }

  /** Which boost was counted so at that time; null when that is forgotten. */
  public synchronized @Nullable ActiveBoost countedAs(String reason, long unixMillis) {
    List<ActiveBoost> all = new ArrayList<>(active);
    all.addAll(ended);
    return all.stream()
        .filter(boost -> boost.countedAs().equals(reason) && boost.wasInForce(unixMillis))
        .findFirst()
        .orElse(null);
  }

  /**
   * Makes one; in force when this returns.
   *
   * @param dryRun look only
   * @throws ProblemException when it cannot be
   * @throws UncheckedIOException when it could not be stored or audited; nothing has changed then
   */
  synchronized ActiveBoost create(BoostWish wish, Author author, boolean dryRun) {
    if (active.size() >= ACTIVE_MAX) {
      throw new ProblemException(
          ProblemType.TOO_MANY, ACTIVE_MAX + " boosts are active, which is as many as may be");
    }
    long now = clock.getAsLong();
    ActiveBoost made =
        ActiveBoost.of(
            "b" + Long.toString(freshNumber(now), Character.MAX_RADIX),
            freePlace(),
            wish.match(),
            wish.reason(),
            now,
            now + wish.ttl().toMillis(),
            Math.round(wish.cap() * PICOS),
            Boost.Spent.NOTHING);
    if (dryRun) {
      return made;
    }
    audit.change(author, "boost.create", null, made.id(), diff(null, made), () -> begin(made));
    log.info("boost {} keeps {}: {}", made.id(), made.match().words(), made.reason());
    lookAgain();
    return made;
  }

  private void begin(ActiveBoost made) {
    active.add(made);
    boolean done = false;
    try {
      if (!pipeline.boost(boosts())) {
        throw new ProblemException(
            ProblemType.NO_PLACE, "the policies in force leave no room for what a boost asks");
      }
      file.write(active);
      done = true;
    } finally {
      if (!done) {
        active.remove(made);
        putInForce();
      }
    }
  }

  private long freshNumber(long now) {
    long number = now;
    while (find("b" + Long.toString(number, Character.MAX_RADIX)) != null) {
      number++;
    }
    return number;
  }

  private int freePlace() {
    for (int place = 1; ; place++) {
      int wanted = place;
      if (active.stream().noneMatch(boost -> boost.place() == wanted)) {
        return place;
      }
    }
  }

  /**
   * Ends one.
   *
   * @return null when none of this id is active
   */
  synchronized @Nullable ActiveBoost end(String id, Author author, boolean dryRun) {
    ActiveBoost boost = find(id);
    if (boost == null || boost.state() != ActiveBoost.State.ACTIVE) {
      return null;
    }
    return dryRun
        ? boost.ended(ActiveBoost.State.ENDED, clock.getAsLong())
        : end(boost, ActiveBoost.State.ENDED, author);
  }

  private ActiveBoost end(ActiveBoost boost, ActiveBoost.State as, Author author) {
    ActiveBoost over = boost.ended(as, clock.getAsLong());
    audit.append(author, "boost.end", boost.id(), over.id(), diff(boost, over));
    take(boost, over);
    return over;
  }

  private void take(ActiveBoost boost, ActiveBoost over) {
    active.remove(boost);
    ended.addFirst(over);
    if (ended.size() > ENDED_MAX) {
      ended.removeLast();
    }
    putInForce();
    log.info("boost {} is over ({}): {}", over.id(), over.state().word(), over.boost().spent());
    save();
  }

  private void putInForce() {
    if (!pipeline.boost(boosts())) {
      log.warn("no boost is in force: the policies leave no room");
    }
  }

  private static List<JsonDifference> diff(@Nullable ActiveBoost from, ActiveBoost to) {
    return List.of(new JsonDifference("", from == null ? null : json(from), json(to)));
  }

  private static ObjectNode json(ActiveBoost boost) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("state", boost.state().word());
    node.set("match", BoostWish.json(boost.match()));
    node.put("until", Instant.ofEpochMilli(boost.untilUnixMillis()).toString());
    node.put("cap", boost.capPicos() / PICOS);
    node.put("spent", boost.boost().spent().picos() / PICOS);
    return node;
  }

  private List<Boost> boosts() {
    return active.stream().map(ActiveBoost::boost).toList();
  }

  /** Ends what is over, and saves what was spent. */
  synchronized void look() {
    looking = false;
    try {
      lookAtAll();
    } finally {
      lookAgain();
    }
  }

  private void lookAtAll() {
    long now = clock.getAsLong();
    boolean room = pipeline.boosts() || pipeline.boost(boosts());
    for (ActiveBoost boost : List.copyOf(active)) {
      ActiveBoost.State due = room ? boost.due(now) : ActiveBoost.State.NO_ROOM;
      if (due != null) {
        endByItself(boost, due);
      }
    }
    long spent = active.stream().mapToLong(boost -> boost.boost().spent().picos()).sum();
    boolean due = now - savedMillis >= SAVE_MILLIS || now < savedMillis; // or was set back
    if (spent != savedPicos && due) {
      savedPicos = spent;
      savedMillis = now;
      save();
    }
  }

  /** Stores what was spent until now. */
  public synchronized void close() {
    if (!active.isEmpty()) {
      save();
    }
  }

  /**
   * Its end is not a change that somebody asks for: it comes, even if it cannot be written down.
   */
  private void endByItself(ActiveBoost boost, ActiveBoost.State due) {
    try {
      end(boost, due, BY_ITSELF);
    } catch (UncheckedIOException e) {
      log.warn("the end of boost {} is not in the audit: {}", boost.id(), e.toString());
      take(boost, boost.ended(due, clock.getAsLong()));
    }
  }

  private void save() {
    try {
      file.write(active);
    } catch (UncheckedIOException e) {
      log.warn("boosts cannot be stored: {}", e.toString());
    }
  }

  private void lookAgain() {
    if (!active.isEmpty() && !looking && !timer.isShutdown()) {
      looking = true;
      var unused = timer.schedule(Guarded.task("boosts", this::look), 1, TimeUnit.SECONDS);
    }
  }
}
