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

  private static final byte[] NO_BYTES = {};

  private final Map<Long, ScopeContext> byHash = new HashMap<>();
  private final Map<Long, ResourceContext> resources = new HashMap<>();
  private @Nullable ScopeContext[] byId = new ScopeContext[64];
  private int[] freeIds = new int[64];
  private int freeCount;
  private int nextId;
  private int nextResource;
  private int unused;
  private long unusedBytes;
  private long bytes;

  // Of the request at hand: each resource is looked up once, however many scopes are below it.
  private long scan;
  private byte[] extras = NO_BYTES;
  private long extrasHash;
  private @Nullable ResourceContext[] ofRow = new ResourceContext[8];

  /** The id of the context of one ScopeSpans of a batch; not yet retained. */
  public int intern(Batch from, int scope) {
    begin(from);
    ResourceContext resource = resourceOf(from, from.resourceOfScope(scope));
    Envelopes scopes = from.scopes();
    long hash = Hash.mix(resource.hash + hash(from.buffer(), scopes, scope));
    while (true) {
      ScopeContext found = byHash.get(hash);
      if (found == null) {
        return add(from, resource, scope, hash).id;
      }
      if (found.resource == resource && same(found.head, found.tail, from, scopes, scope)) {
        return found.id;
      }
      hash++; // another context with the same hash: look one further
    }
  }

  private void begin(Batch next) {
    if (next.scan() == scan) {
      return;
    }
    scan = next.scan();
    int rows = next.resources().size();
    int capacity = Math.max(rows, Scratch.rowsKept(ofRow.length, 8));
    if (capacity != ofRow.length) {
      ofRow = new ResourceContext[capacity];
    } else {
      Arrays.fill(ofRow, null);
    }
    byte[] unknown = next.requestExtras();
    if (!Arrays.equals(extras, unknown)) {
      extras = unknown; // one array for equal ones, so that comparing them looks at no byte
      extrasHash = Hash.of(unknown, 0, unknown.length);
    }
  }

  private ResourceContext resourceOf(Batch from, int row) {
    ResourceContext known = ofRow[row];
    if (known == null) {
      known = internResource(from, row);
      ofRow[row] = known;
    }
    return known;
  }

  private ResourceContext internResource(Batch from, int row) {
    Envelopes rows = from.resources();
    long hash = hash(from.buffer(), rows, row) + extrasHash;
    while (true) {
      ResourceContext found = resources.get(hash);
      if (found == null) {
        return addResource(from, row, hash);
      }
      if (found.extras() == extras && same(found.head(), found.tail(), from, rows, row)) {
        return found;
      }
      hash++;
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
      unusedBytes -= context.resource.scopesInUse++ == 0 ? context.resource.bytes() : 0;
    }
  }

  public void release(int id) {
    ScopeContext context = get(id);
    if (--context.references == 0) {
      unused++;
      unusedBytes += context.bytes();
      unusedBytes += --context.resource.scopesInUse == 0 ? context.resource.bytes() : 0;
    }
  }

  /** Bytes held by all contexts, and by what is known of the request at hand. */
  public long bytes() {
    return bytes + extras.length + (long) Integer.BYTES * (ofRow.length + byId.length);
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
    resources.values().removeIf(this::dropIfEmpty);
    scan = 0; // what was looked up may be gone
  }

  private boolean dropIfEmpty(ResourceContext resource) {
    if (resource.scopes > 0) {
      return false;
    }
    bytes -= resource.bytes();
    unusedBytes -= resource.bytes();
    return true;
  }

  private boolean dropIfUnused(ScopeContext context) {
    if (context.references > 0) {
      return false;
    }
    bytes -= context.bytes();
    unused--;
    unusedBytes -= context.bytes();
    context.resource.scopes--;
    byId[context.id] = null;
    if (freeCount == freeIds.length) {
      freeIds = Arrays.copyOf(freeIds, freeCount * 2);
    }
    freeIds[freeCount++] = context.id;
    return true;
  }

  private ScopeContext add(Batch from, ResourceContext resource, int scope, long hash) {
    int id = freeCount > 0 ? freeIds[--freeCount] : nextId++;
    if (id == byId.length) {
      byId = Arrays.copyOf(byId, id * 2);
    }
    Envelopes scopes = from.scopes();
    ScopeContext context =
        new ScopeContext(id, hash, resource, head(from, scopes, scope), scopes.tail(scope));
    byId[id] = context;
    byHash.put(hash, context);
    resource.scopes++;
    bytes += context.bytes();
    unused++;
    unusedBytes += context.bytes();
    return context;
  }

  private ResourceContext addResource(Batch from, int row, long hash) {
    Envelopes rows = from.resources();
    int at = rows.messageOffset(row);
    byte[] message = Arrays.copyOfRange(rows.messageBuffer(row), at, at + rows.messageLength(row));
    String service = stringAttribute(message, SERVICE_NAME);
    byte[] name = service.getBytes(StandardCharsets.UTF_8);
    ResourceContext resource =
        new ResourceContext(
            nextResource++,
            hash,
            extras,
            head(from, rows, row),
            rows.tail(row),
            message,
            service,
            Hash.of(name, 0, name.length));
    resources.put(hash, resource);
    bytes += resource.bytes();
    unusedBytes += resource.bytes();
    return resource;
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

  private static long hash(byte[] buffer, Envelopes envelopes, int row) {
    long hash = Hash.of(buffer, envelopes.headOffset(row), envelopes.headLength(row));
    if (envelopes.isPlain(row)) {
      long tail = Hash.of(buffer, envelopes.tailOffset(row), envelopes.tailLength(row));
      return Hash.mix(hash + tail);
    }
    byte[] tail = envelopes.tail(row);
    return Hash.mix(hash + Hash.of(tail, 0, tail.length));
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
