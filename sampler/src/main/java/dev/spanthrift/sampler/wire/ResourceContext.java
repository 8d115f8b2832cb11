package dev.spanthrift.sampler.wire;

/**
 * What stood around the scopes of a ResourceSpans, kept so that it can be written again.
 *
 * @param extras unknown fields of the request it came in; nearly always empty
 * @param head its fields before the first ScopeSpans, the resource among them
 * @param tail its fields behind the last ScopeSpans
 * @param resource the Resource message, merged
 * @param serviceName value of {@code service.name}, empty when there is none
 * @param serviceHash 64 bits, the same in every process for the same name
 */
public record ResourceContext(
    byte[] extras,
    byte[] head,
    byte[] tail,
    byte[] resource,
    String serviceName,
    long serviceHash) {}
