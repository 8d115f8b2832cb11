package dev.spanthrift.agent.pipeline;

import dev.spanthrift.sampler.SamplerCounts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in words, once for each kind, that trace ids are not as the specification has them. */
final class IdWords {
  private static final Logger log = LoggerFactory.getLogger(IdWords.class);

  private boolean saidInvalid;
  private boolean saidNotRandom;

  /** Looks at the counts; cheap, called with every tick. */
  void look(SamplerCounts.Ids ids) {
    if (ids.invalid() > 0 && !saidInvalid) {
      saidInvalid = true;
      log.warn(
          "spans without a valid trace id arrive (16 bytes, not all zero): each is decided by"
              + " itself, as a trace of its own");
    }
    if (ids.notRandom() > 0 && !saidNotRandom) {
      saidNotRandom = true;
      log.warn(
          "trace ids arrive whose last 7 bytes are not random, so that a probability keeps all of"
              + " them or none; randomness: hash would take a hash of the whole id");
    }
  }
}
