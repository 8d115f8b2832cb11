package dev.spanthrift.sampler.policy.document;

/**
 * One rule.
 *
 * @param name unique in its document; stands as the reason at what it keeps and drops
 * @param shadow counted with the effect it would have, but never decides
 */
public record Policy(String name, Condition match, Action action, boolean shadow) {
  public Policy(String name, Condition match, Action action) {
    this(name, match, action, false);
  }
}
