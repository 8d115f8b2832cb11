package dev.spanthrift.agent.pipeline;

import dev.spanthrift.sampler.policy.PolicySet;
import tools.jackson.databind.JsonNode;

/**
 * A policy as users write it, with its number, its fingerprint, and what it was compiled to.
 *
 * @param version counts changes, from 1
 * @param hash 32 hexadecimal digits of the canonical JSON's SHA-256: same content, same hash,
 *     whatever the order of keys
 * @param root read only, whoever holds it
 */
public record PolicyVersion(long version, String hash, JsonNode root, PolicySet set) {}
