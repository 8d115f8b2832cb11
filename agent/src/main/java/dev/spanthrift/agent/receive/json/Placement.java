package dev.spanthrift.agent.receive.json;

import dev.spanthrift.agent.receive.json.Type.Message;

/**
 * Where the fields of one open message lie in the output, so that of a key given twice the last
 * wins: protobuf readers would merge messages and append to arrays.
 */
final class Placement {
  private int seen; // a bit a field
  private final int[] from = new int[Message.FIELDS_MAX];
  private final int[] to = new int[Message.FIELDS_MAX];

  void clear() {
    seen = 0;
  }

  /** Takes out what an earlier value of the same field has written. */
  void forget(int field, ProtobufWriter out) {
    if ((seen & 1 << field) == 0) {
      return;
    }
    int start = from[field];
    int end = to[field];
    if (start == end) {
      return;
    }
    out.remove(start, end);
    for (int i = 0; i < from.length; i++) {
      if (from[i] >= end) { // fields not seen may move too: nobody asks
        from[i] -= end - start;
        to[i] -= end - start;
      }
    }
  }

  void put(int field, int start, int end) {
    seen |= 1 << field;
    from[field] = start;
    to[field] = end;
  }
}
