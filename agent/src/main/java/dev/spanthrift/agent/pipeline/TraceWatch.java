package dev.spanthrift.agent.pipeline;

import dev.spanthrift.sampler.Fates;
import dev.spanthrift.sampler.wire.Batch;

/** Sees every batch that comes, and then what becomes of its spans; under the pipeline's lock. */
public interface TraceWatch extends Fates {
  void received(Batch batch);
}
