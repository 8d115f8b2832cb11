package dev.spanthrift.kubernetes.stream;

/**
 * Which pod a token was made for, as the API server says.
 *
 * @param podUid of the pod, which no other ever has
 */
public record Identity(String namespace, String pod, String podUid) {}
