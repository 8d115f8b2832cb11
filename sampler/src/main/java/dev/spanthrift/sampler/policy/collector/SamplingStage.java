package dev.spanthrift.sampler.policy.collector;

/** A sampling processor of a Collector's pipeline. */
public sealed interface SamplingStage permits TailSampling, ProbabilisticSampler {}
