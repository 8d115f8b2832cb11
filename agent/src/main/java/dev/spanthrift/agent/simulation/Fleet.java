package dev.spanthrift.agent.simulation;

import dev.spanthrift.agent.pipeline.ZstdCodec;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.sampler.BudgetParts;
import dev.spanthrift.sampler.Fates;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.FleetSums;
import dev.spanthrift.sampler.budget.books.Treasury;
import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.FieldCursor;
import dev.spanthrift.sampler.wire.Scanner;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The sidecars of a recording's pods; they share the keep ledger and the fleet's sums. */
final class Fleet implements AutoCloseable {
  private static final int LEDGER_BOUND = 1 << 20;
  private static final int RESOURCE_SPANS = 1;

  private final Question question;
  private final Fates fates;
  private final Consumer<byte[]> shipped;
  private final Supplier<? extends SliceCodec> codecs;
  private final PolicySet policies;
  private final InProcessKeepLedger ledger;
  private final FleetSums sums = FleetSums.inProcess();
  private final Sources sources = new Sources();
  private final List<VirtualPod> pods = new ArrayList<>();
  private final FieldCursor fields = new FieldCursor();
  private final @Nullable VirtualTreasury treasury;
  private final @Nullable CappedKeeps capped;
  private final SpanRing.@Nullable LearnedBefore learned;

  Fleet(Question question, Fates fates, Consumer<byte[]> shipped) {
    this(question, fates, shipped, ZstdCodec::orDeflate, null);
  }

  /**
   * A fleet that goes on with what was learned.
   *
   * @param learned by each of its pods; null: nothing
   */
  Fleet(
      Question question,
      Fates fates,
      Consumer<byte[]> shipped,
      SpanRing.@Nullable LearnedBefore learned) {
    this(question, fates, shipped, ZstdCodec::orDeflate, learned);
  }

  /** With codecs of the caller's kind. */
  Fleet(
      Question question,
      Fates fates,
      Consumer<byte[]> shipped,
      Supplier<? extends SliceCodec> codecs,
      SpanRing.@Nullable LearnedBefore learned) {
    this.codecs = codecs;
    this.learned = learned;
    this.question = question;
    this.fates = fates;
    this.shipped = shipped;
    policies = PolicySet.compile(question.policy());
    ledger = ledger();
    Question.Plan plan = question.plan();
    treasury = plan == null ? null : new VirtualTreasury(plan, this::ledger, fates);
    capped =
        question.policyShareMax() < 1
                && question.allowance() instanceof Allowance.PerSecond allowance
            ? new CappedKeeps(allowance, question.policyShareMax())
            : null;
  }

  private InProcessKeepLedger ledger() {
    return new InProcessKeepLedger(
        !question.byPod(), question.allocation().askAfter(), LEDGER_BOUND);
  }

  /** Hands one request to its pod; one that mixes pods is taken apart. */
  void receive(byte[] request, Scanner scanner, Batch whole, long now) {
    int source = sources.podOf(whole);
    if (source >= 0 || !question.byPod()) {
      pod(source, whole, now).receive(whole, now);
      return;
    }
    fields.on(request, 0, request.length);
    int from = 0;
    while (fields.next()) {
      int to = fields.position();
      if (fields.field() == RESOURCE_SPANS && fields.isBytes()) {
        Batch part = scanner.scan(request, from, to - from);
        pod(sources.podOf(part), part, now).receive(part, now);
      }
      from = to;
    }
  }

  private VirtualPod pod(int source, Batch first, long now) {
    int index = question.byPod() ? source : 0;
    while (pods.size() <= index) {
      VirtualPod opened = opened("pod-" + pods.size(), first);
      pods.add(opened);
      begin(opened, now);
    }
    return pods.get(index);
  }

  /** A sidecar ticks from its start on: its first trace finds the money that it begins with. */
  private void begin(VirtualPod pod, long now) {
    if (treasury != null) {
      treasury.tick(now);
    }
    if (learned != null) {
      pod.restore(learned, now);
    }
    pod.tick(now);
  }

  private VirtualPod opened(String name, Batch first) {
    if (treasury == null) {
      return new VirtualPod(
          codecs.get(), question.sampler(), policies, budget(name), fates, shipped);
    }
    VirtualTreasury.Wallet wallet = treasury.wallet(key -> sources.attribute(first, key));
    BudgetParts parts =
        new BudgetParts(
            question.allocation(),
            wallet::allowance,
            treasury.price(),
            wallet.ledger,
            wallet.sums,
            name,
            wallet);
    return new VirtualPod(codecs.get(), question.sampler(), policies, parts, wallet, shipped);
  }

  private @Nullable BudgetParts budget(String pod) {
    if (question.allowance() == null) {
      return null;
    }
    SpanPrice price = question.price();
    return new BudgetParts(
        question.allocation(),
        question.allowance(),
        price::price,
        ledger,
        sums,
        pod,
        capped == null ? Treasury.PLAIN : capped);
  }

  void tick(long now) {
    if (treasury != null) {
      treasury.tick(now);
    }
    if (capped != null) {
      capped.tick(now);
    }
    pods.forEach(pod -> pod.tick(now));
  }

  void end(long now) {
    pods.forEach(pod -> pod.end(now));
    if (treasury != null) {
      treasury.tick(now);
    }
  }

  @Override
  public void close() {
    pods.forEach(VirtualPod::close);
  }

  /** What became of the configuration's budgets, if they were asked for. */
  List<WhatIfAnswer.OfBudget> budgets(double seconds) {
    return treasury == null ? List.of() : treasury.budgets(seconds);
  }

  /** What the reader should know of the money. */
  List<String> warnings() {
    Question.Plan plan = question.plan();
    if (treasury == null || plan == null) {
      return List.of();
    }
    boolean scoped = plan.budgets().stream().anyMatch(budget -> !budget.scope().isEmpty());
    if (scoped && !question.byPod()) {
      return List.of("a single sampler: the budgets of the first resource pay for all of it");
    }
    return treasury.wallets() > 1
        ? List.of("pods that other budgets pay for tell each other nothing of what they keep")
        : List.of();
  }

  int samplers() {
    return pods.size();
  }

  Sources sources() {
    return sources;
  }

  PolicySet policies() {
    return policies;
  }
}
