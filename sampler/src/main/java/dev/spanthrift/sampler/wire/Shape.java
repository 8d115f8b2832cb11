package dev.spanthrift.sampler.wire;

/**
 * The OTLP messages below a span, by what their length-delimited fields hold: enough to walk a
 * message to its leaves without reading any value.
 *
 * <p>A request that no backend could parse must be refused at the door, because kept spans of
 * several requests travel on in one.
 */
enum Shape {
  OPAQUE,
  KEY_VALUE,
  ANY_VALUE,
  ARRAY,
  KEY_VALUE_LIST,
  EVENT,
  LINK,
  RESOURCE,
  ENTITY,
  SCOPE,
  STATUS;

  /** Field number to shape, for field numbers below this array's length. */
  private Shape[] children = {};

  static {
    KEY_VALUE.children = new Shape[] {OPAQUE, OPAQUE, ANY_VALUE};
    ANY_VALUE.children =
        new Shape[] {OPAQUE, OPAQUE, OPAQUE, OPAQUE, OPAQUE, ARRAY, KEY_VALUE_LIST};
    ARRAY.children = new Shape[] {OPAQUE, ANY_VALUE};
    KEY_VALUE_LIST.children = new Shape[] {OPAQUE, KEY_VALUE};
    EVENT.children = new Shape[] {OPAQUE, OPAQUE, OPAQUE, KEY_VALUE};
    LINK.children = new Shape[] {OPAQUE, OPAQUE, OPAQUE, OPAQUE, KEY_VALUE};
    RESOURCE.children = new Shape[] {OPAQUE, KEY_VALUE, OPAQUE, ENTITY};
    SCOPE.children = new Shape[] {OPAQUE, OPAQUE, OPAQUE, KEY_VALUE};
  }

  private Shape child(int field) {
    return field < children.length ? children[field] : OPAQUE;
  }

  /** Walks one message that ends at {@code end}; leaves the position there. */
  static void walk(Wire wire, Shape shape, int end, int depth) {
    if (depth > Wire.DEPTH_MAX) {
      throw new MalformedException("nested deeper than " + Wire.DEPTH_MAX, wire.position);
    }
    while (wire.position < end) {
      int tag = wire.readTag(end);
      if ((tag & 7) == Fields.LENGTH_DELIMITED) {
        int length = wire.readLength(end);
        Shape child = shape.child(tag >>> 3);
        if (child == OPAQUE) {
          wire.position += length;
        } else {
          walk(wire, child, wire.position + length, depth + 1);
        }
      } else {
        wire.skip(tag, end, depth);
      }
    }
  }
}
