package dev.spanthrift.sampler.policy.document;

/** Where an attribute is looked for. */
public enum Where {
  RESOURCE,
  SCOPE,
  SPAN,
  EVENT,
  /** Span, scope or resource; not events. */
  ANY
}
