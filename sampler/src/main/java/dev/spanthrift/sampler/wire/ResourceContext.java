package dev.spanthrift.sampler.wire;

/**
 * What stood around the scopes of a ResourceSpans, kept so that it can be written again: one object
 * for each distinct one, shared by the contexts of its scopes.
 */
public final class ResourceContext {
  private static final int OBJECT_BYTES = 250; // this, five arrays, an entry of a map

  final int id;
  final long hash;
  private final byte[] extras;
  private final byte[] head;
  private final byte[] tail;
  private final byte[] resource;
  private final String serviceName;
  private final long serviceHash;

  /** Contexts of scopes below it, and those of them that are needed. */
  int scopes;

  int scopesInUse;

  ResourceContext(
      int id,
      long hash,
      byte[] extras,
      byte[] head,
      byte[] tail,
      byte[] resource,
      String serviceName,
      long serviceHash) {
    this.id = id;
    this.hash = hash;
    this.extras = extras;
    this.head = head;
    this.tail = tail;
    this.resource = resource;
    this.serviceName = serviceName;
    this.serviceHash = serviceHash;
  }

  /** Unknown fields of the request it came in; nearly always empty. */
  byte[] extras() {
    return extras;
  }

  /** Its fields before the first ScopeSpans, the resource among them. */
  byte[] head() {
    return head;
  }

  /** Its fields behind the last ScopeSpans. */
  byte[] tail() {
    return tail;
  }

  /** The Resource message, merged. */
  public byte[] resource() {
    return resource;
  }

  /** Value of {@code service.name}, empty when there is none. */
  public String serviceName() {
    return serviceName;
  }

  /** 64 bits, the same in every process for the same name. */
  public long serviceHash() {
    return serviceHash;
  }

  /** Bytes that it holds in memory. */
  int bytes() {
    int arrays = extras.length + head.length + tail.length + resource.length;
    return arrays + serviceName.length() + OBJECT_BYTES;
  }
}
