package dev.spanthrift.agent.collector.tail;

/** A sampling processor of a Collector's pipeline. */
public sealed interface SamplingStage permits TailSampling, ProbabilisticSampler {}
