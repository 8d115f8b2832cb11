package dev.spanthrift.exporter.destination;

import dev.spanthrift.sampler.wire.FieldCursor;
import dev.spanthrift.sampler.wire.MalformedException;
import dev.spanthrift.sampler.wire.Signal;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The leaves of an export request, and requests made of some of them.
 *
 * <pre>
 * traces   request.1 ResourceSpans.2   ScopeSpans.2   span
 * logs     request.1 ResourceLogs.2    ScopeLogs.2    record
 * metrics  request.1 ResourceMetrics.2 ScopeMetrics.2 Metric.(5 7 9 10 11) data.1 point
 * </pre>
 *
 * <p>A message without children is a leaf wherever it stands, so that everything which could be
 * refused stands in one. What surrounds the chosen leaves is copied byte for byte. Profiles have no
 * leaves: their indices point into one dictionary (specs.md W10).
 */
final class RequestParts {
  private static final int ITEM_LEVEL = 3;
  private static final int[] PATH = {1 << 1, 1 << 2, 1 << 2};
  private static final int[] METRICS_PATH = {
    1 << 1, 1 << 2, 1 << 2, 1 << 5 | 1 << 7 | 1 << 9 | 1 << 10 | 1 << 11, 1 << 1
  };

  /**
   * A message: its field number; where its field begins, its length stands, its body begins and
   * ends.
   */
  private record Node(
      int field,
      int from,
      int lengthAt,
      int body,
      int end,
      int firstLeaf,
      int leaves,
      List<Node> children) {
    boolean all(BitSet chosen) {
      return chosen.nextClearBit(firstLeaf) >= firstLeaf + leaves;
    }

    boolean any(BitSet chosen) {
      int first = chosen.nextSetBit(firstLeaf);
      return first >= 0 && first < firstLeaf + leaves;
    }
  }

  private final Signal signal;
  private final byte[] request;
  private final int[] path;
  private final BitSet items = new BitSet();
  private final Node root;
  private int leaves;

  private RequestParts(Signal signal, byte[] request) {
    this.signal = signal;
    this.request = request;
    path = signal == Signal.METRICS ? METRICS_PATH : PATH;
    root = read(0, 0, 0, 0, request.length, 0);
  }

  /** Null for what cannot be divided: profiles, and bytes that are no such request. */
  static @Nullable RequestParts of(Signal signal, byte[] request) {
    if (signal == Signal.PROFILES) {
      return null;
    }
    try {
      return new RequestParts(signal, request);
    } catch (MalformedException e) {
      return null;
    }
  }

  private Node read(int field, int from, int lengthAt, int body, int end, int level) {
    int first = leaves;
    List<Node> children = level < path.length ? children(body, end, level) : List.of();
    if (children.isEmpty() && level > 0) {
      items.set(first, level >= ITEM_LEVEL);
      leaves++;
    }
    return new Node(field, from, lengthAt, body, end, first, leaves - first, children);
  }

  private List<Node> children(int body, int end, int level) {
    List<Node> children = new ArrayList<>();
    FieldCursor fields = new FieldCursor().on(request, body, end - body);
    int at = body;
    while (fields.next()) {
      if (fields.isBytes() && isChild(fields.field(), level)) {
        int start = fields.start();
        int to = start + fields.length();
        children.add(read(fields.field(), at, lengthAt(start), start, to, level + 1));
      }
      at = fields.position();
    }
    return children;
  }

  private boolean isChild(int field, int level) {
    return field < 32 && (path[level] & 1 << field) != 0;
  }

  /** A varint's bytes but the last have their highest bit set, and a tag's last has not. */
  private int lengthAt(int body) {
    int at = body - 1;
    while (request[at - 1] < 0) {
      at--;
    }
    return at;
  }

  int leaves() {
    return leaves;
  }

  /** Spans, log records or data points among these leaves. */
  long items(BitSet chosen) {
    BitSet both = (BitSet) items.clone();
    both.and(chosen);
    return both.cardinality();
  }

  /** Leaves that the specification forbids, in themselves or by what stands around them. */
  BitSet malformed() {
    BitSet found = new BitSet();
    findMalformed(root, Conformity.request(signal), found);
    return found;
  }

  private void findMalformed(Node node, Conformity type, BitSet found) {
    if (!type.holds(request, node.body(), node.end())) {
      found.set(node.firstLeaf(), node.firstLeaf() + node.leaves());
      return;
    }
    for (Node child : node.children()) {
      findMalformed(child, type.child(child.field()), found);
    }
  }

  /**
   * The leaf before which it is best cut in two: beside a resource, else a scope, else a metric, as
   * near to the middle as may be, because what is wrong mostly comes from one sender.
   */
  int middle() {
    Node at = root;
    while (at.children().size() == 1) {
      at = at.children().getFirst();
    }
    int half = at.firstLeaf() + at.leaves() / 2;
    int best = at.firstLeaf();
    for (Node child : at.children()) {
      best = Math.abs(child.firstLeaf() - half) < Math.abs(best - half) ? child.firstLeaf() : best;
    }
    return best > at.firstLeaf() || at.children().size() < 2
        ? best
        : at.children().get(1).firstLeaf();
  }

  /** A request of these leaves alone; no empty envelope stands in it (specs.md S22). */
  byte[] only(BitSet chosen) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(request.length / 2);
    write(root, chosen, out);
    return out.toByteArray();
  }

  private void write(Node node, BitSet chosen, ByteArrayOutputStream out) {
    int at = node.body();
    for (Node child : node.children()) {
      out.write(request, at, child.from() - at);
      if (child.all(chosen)) {
        out.write(request, child.from(), child.end() - child.from());
      } else if (child.any(chosen)) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        write(child, chosen, body);
        out.write(request, child.from(), child.lengthAt() - child.from());
        writeVarint(body.size(), out);
        out.writeBytes(body.toByteArray());
      }
      at = child.end();
    }
    out.write(request, at, node.end() - at);
  }

  private static void writeVarint(int value, ByteArrayOutputStream out) {
    int rest = value;
    while ((rest & ~0x7f) != 0) {
      out.write(rest | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }
}
