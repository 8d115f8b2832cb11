package dev.spanthrift.agent.simulation;

import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.sampler.BudgetParts;
import dev.spanthrift.sampler.Fates;
import dev.spanthrift.sampler.PolicyJudge;
import dev.spanthrift.sampler.Sampler;
import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Batch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One sidecar: the sampler that runs in production, on a clock that is told. */
final class VirtualPod implements AutoCloseable {
  private final SliceCodec codec;
  private final Sampler sampler;
  private final Consumer<byte[]> shipped;

  /**
   * A pod that has received nothing.
   *
   * @param codec closed with it
   */
  VirtualPod(
      SliceCodec codec,
      SamplerSettings settings,
      PolicySet policies,
      @Nullable BudgetParts budget,
      Fates fates,
      Consumer<byte[]> shipped) {
    this.codec = codec;
    sampler = new Sampler(settings, new PolicyJudge(policies), codec, budget);
    sampler.tellFates(fates);
    this.shipped = shipped;
  }

  /** Goes on with what was learned at that time; what cannot be read is learned anew. */
  void restore(SpanRing.LearnedBefore learned, long now) {
    var unused = sampler.restore(learned.snapshot(), now, learned.unixMillis());
  }

  void receive(Batch batch, long now) {
    sampler.hold(batch, now);
  }

  /** The steps after hold, in the pipeline's order. */
  void tick(long now) {
    sampler.decide(now);
    sampler.tell(now);
    ship();
  }

  /** Decides whatever still waits. */
  void end(long now) {
    sampler.decideAll(now);
    ship();
  }

  /** Gives back the codec's memory, which no collector knows of. */
  @Override
  public void close() {
    codec.close();
  }

  private void ship() {
    sampler.stamp();
    if (sampler.shippableSpans() > 0) {
      shipped.accept(sampler.ship());
    }
  }
}
