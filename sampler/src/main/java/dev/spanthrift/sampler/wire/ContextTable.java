package dev.spanthrift.sampler.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The distinct resources and scopes of all spans that wait, each held once.
 *
 * <p>An application has one resource and a few scopes, so a waiting span carries four bytes instead
 * of its resource. A context stays as long as a span refers to it; unused ones stay for the next
 * request until there are {@link #UNUSED_MAX} of them, or 1 MiB, then all unused ones go. Their
 * bytes count into what is held. Used by the one thread that holds the pipeline's lock.
 */
public final class ContextTable {
  static final int UNUSED_MAX = 1024;
  static final long UNUSED_BYTES_MAX = 1 << 20;
  private static final byte[] SERVICE_NAME = "service.name".getBytes(StandardCharsets.UTF_8);

  private final Map<Long, ScopeContext> byHash = new HashMap<>();
  private @Nullable ScopeContext[] byId = new ScopeContext[64];
  private int[] freeIds = new int[64];
  private int freeCount;
  private int nextId;
  private int unused;
  private long unusedBytes;
  private long bytes;

  /** The id of the context of one ScopeSpans of a batch; not yet retained. */
  public int intern(Batch batch, int scope) {
    int resource = batch.resourceOfScope(scope);
    long hash = hash(batch, resource, scope);
    while (true) {
      ScopeContext found = byHash.get(hash);
      if (found == null) {
        return add(batch, resource, scope, hash).id;
      }
      if (matches(found, batch, resource, scope)) {
        return found.id;
      }
      hash++; // another context with the same hash: look one further
    }
  }

  public ScopeContext get(int id) {
    ScopeContext context = byId[id];
    if (context == null) {
      throw new IllegalStateException("no context " + id);
    }
    return context;
  }

  public void retain(int id) {
    ScopeContext context = get(id);
    if (context.references++ == 0) {
      unused--;
      unusedBytes -= context.bytes();
    }
  }

  public void release(int id) {
    ScopeContext context = get(id);
    if (--context.references == 0) {
      unused++;
      unusedBytes += context.bytes();
    }
  }

  /** Bytes held by all contexts. */
  public long bytes() {
    return bytes;
  }

  public int size() {
    return byHash.size();
  }

  /** Lets unused contexts go when there are too many; call between batches. */
  public void trim() {
    if (unused <= UNUSED_MAX && unusedBytes <= UNUSED_BYTES_MAX) {
      return;
    }
    byHash.values().removeIf(this::dropIfUnused);
  }

  private boolean dropIfUnused(ScopeContext context) {
    if (context.references > 0) {
      return false;
    }
    bytes -= context.bytes();
    unused--;
    unusedBytes -= context.bytes();
    byId[context.id] = null;
    if (freeCount == freeIds.length) {
      freeIds = Arrays.copyOf(freeIds, freeCount * 2);
    }
    freeIds[freeCount++] = context.id;
    return true;
  }

  private ScopeContext add(Batch batch, int resource, int scope, long hash) {
    int id = freeCount > 0 ? freeIds[--freeCount] : nextId++;
    if (id == byId.length) {
      byId = Arrays.copyOf(byId, id * 2);
    }
    Envelopes scopes = batch.scopes();
    byte[] head = head(batch, scopes, scope);
    ScopeContext context =
        new ScopeContext(id, hash, resource(batch, resource), head, scopes.tail(scope));
    byId[id] = context;
    byHash.put(hash, context);
    bytes += context.bytes();
    unused++;
    unusedBytes += context.bytes();
    return context;
  }

  private static ResourceContext resource(Batch batch, int row) {
    Envelopes resources = batch.resources();
    byte[] message =
        Arrays.copyOfRange(
            resources.messageBuffer(row),
            resources.messageOffset(row),
            resources.messageOffset(row) + resources.messageLength(row));
    String service = stringAttribute(message, SERVICE_NAME);
    byte[] name = service.getBytes(StandardCharsets.UTF_8);
    return new ResourceContext(
        batch.requestExtras(),
        head(batch, resources, row),
        resources.tail(row),
        message,
        service,
        Hash.of(name, 0, name.length));
  }

  private static byte[] head(Batch batch, Envelopes envelopes, int row) {
    int from = envelopes.headOffset(row);
    return Arrays.copyOfRange(batch.buffer(), from, from + envelopes.headLength(row));
  }

  /** The last string attribute of that key in a Resource message, empty when there is none. */
  private static String stringAttribute(byte[] resource, byte[] key) {
    Wire wire = new Wire();
    wire.buffer = resource;
    String found = "";
    while (wire.position < resource.length) {
      int tag = wire.readTag(resource.length);
      if (tag == (Fields.ATTRIBUTES_OF_RESOURCE << 3 | Fields.LENGTH_DELIMITED)) {
        int length = wire.readLength(resource.length);
        int end = wire.position + length;
        String value = stringValue(wire, end, key);
        found = value == null ? found : value;
        wire.position = end;
      } else {
        wire.skip(tag, resource.length, 0);
      }
    }
    return found;
  }

  private static @Nullable String stringValue(Wire wire, int end, byte[] key) {
    boolean matches = false;
    String value = null;
    while (wire.position < end) {
      int tag = wire.readTag(end);
      if (tag == (1 << 3 | Fields.LENGTH_DELIMITED)) {
        int length = wire.readLength(end);
        int at = wire.advance(length, end);
        matches = Arrays.equals(wire.buffer, at, at + length, key, 0, key.length);
      } else if (tag == (2 << 3 | Fields.LENGTH_DELIMITED)) {
        int length = wire.readLength(end);
        int valueEnd = wire.position + length;
        if (wire.position < valueEnd
            && wire.readTag(valueEnd) == (1 << 3 | Fields.LENGTH_DELIMITED)) {
          int text = wire.readLength(valueEnd);
          value = new String(wire.buffer, wire.position, text, StandardCharsets.UTF_8);
        }
        wire.position = valueEnd;
      } else {
        wire.skip(tag, end, 0);
      }
    }
    return matches ? value : null;
  }

  private static long hash(Batch batch, int resource, int scope) {
    Envelopes resources = batch.resources();
    Envelopes scopes = batch.scopes();
    byte[] buffer = batch.buffer();
    byte[] extras = batch.requestExtras();
    long hash = Hash.of(buffer, resources.headOffset(resource), resources.headLength(resource));
    hash = Hash.mix(hash + Hash.of(buffer, scopes.headOffset(scope), scopes.headLength(scope)));
    hash = Hash.mix(hash + tailHash(buffer, resources, resource));
    hash = Hash.mix(hash + tailHash(buffer, scopes, scope));
    return extras.length == 0 ? hash : Hash.mix(hash + Hash.of(extras, 0, extras.length));
  }

  private static long tailHash(byte[] buffer, Envelopes envelopes, int row) {
    if (envelopes.isPlain(row)) {
      return Hash.of(buffer, envelopes.tailOffset(row), envelopes.tailLength(row));
    }
    byte[] tail = envelopes.tail(row);
    return Hash.of(tail, 0, tail.length);
  }

  private static boolean matches(ScopeContext context, Batch batch, int resource, int scope) {
    ResourceContext known = context.resource;
    return same(known.head(), known.tail(), batch, batch.resources(), resource)
        && same(context.head, context.tail, batch, batch.scopes(), scope)
        && Arrays.equals(known.extras(), batch.requestExtras());
  }

  private static boolean same(byte[] head, byte[] tail, Batch batch, Envelopes rows, int row) {
    byte[] buffer = batch.buffer();
    int from = rows.headOffset(row);
    if (!Arrays.equals(head, 0, head.length, buffer, from, from + rows.headLength(row))) {
      return false;
    }
    if (!rows.isPlain(row)) {
      return Arrays.equals(tail, rows.tail(row));
    }
    int behind = rows.tailOffset(row);
    return Arrays.equals(tail, 0, tail.length, buffer, behind, behind + rows.tailLength(row));
  }
}
