package dev.spanthrift.agent.simulation;

import dev.spanthrift.sampler.BudgetParts;
import dev.spanthrift.sampler.Fates;
import dev.spanthrift.sampler.budget.FleetSums;
import dev.spanthrift.sampler.budget.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.FieldCursor;
import dev.spanthrift.sampler.wire.Scanner;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The sidecars of a recording's pods; they share the keep ledger and the fleet's sums. */
final class Fleet {
  private static final int LEDGER_BOUND = 1 << 20;
  private static final int RESOURCE_SPANS = 1;

  private final Question question;
  private final Fates fates;
  private final Consumer<byte[]> shipped;
  private final PolicySet policies;
  private final InProcessKeepLedger ledger;
  private final FleetSums sums = FleetSums.inProcess();
  private final Sources sources = new Sources();
  private final List<VirtualPod> pods = new ArrayList<>();
  private final FieldCursor fields = new FieldCursor();

  Fleet(Question question, Fates fates, Consumer<byte[]> shipped) {
    this.question = question;
    this.fates = fates;
    this.shipped = shipped;
    policies = PolicySet.compile(question.policy());
    ledger =
        new InProcessKeepLedger(!question.byPod(), question.allocation().askAfter(), LEDGER_BOUND);
  }

  /** Hands one request to its pod; one that mixes pods is taken apart. */
  void receive(byte[] request, Scanner scanner, Batch whole, long now) {
    int source = sources.podOf(whole);
    if (source >= 0 || !question.byPod()) {
      pod(source).receive(whole, now);
      return;
    }
    fields.on(request, 0, request.length);
    int from = 0;
    while (fields.next()) {
      int to = fields.position();
      if (fields.field() == RESOURCE_SPANS && fields.isBytes()) {
        Batch part = scanner.scan(request, from, to - from);
        pod(sources.podOf(part)).receive(part, now);
      }
      from = to;
    }
  }

  private VirtualPod pod(int source) {
    int index = question.byPod() ? source : 0;
    while (pods.size() <= index) {
      String name = "pod-" + pods.size();
      pods.add(new VirtualPod(question.sampler(), policies, budget(name), fates, shipped));
    }
    return pods.get(index);
  }

  private @Nullable BudgetParts budget(String pod) {
    if (question.allowance() == null) {
      return null;
    }
    SpanPrice price = question.price();
    return new BudgetParts(
        question.allocation(), question.allowance(), price::price, ledger, sums, pod);
  }

  void tick(long now) {
    pods.forEach(pod -> pod.tick(now));
  }

  void end(long now) {
    pods.forEach(pod -> pod.end(now));
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
