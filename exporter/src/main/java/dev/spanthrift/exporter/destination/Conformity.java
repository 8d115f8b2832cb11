package dev.spanthrift.exporter.destination;

import dev.spanthrift.sampler.wire.FieldCursor;
import dev.spanthrift.sampler.wire.MalformedException;
import dev.spanthrift.sampler.wire.Signal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the specification says of one message: text is UTF-8, ids have their length and are not all
 * zero, keys are not empty, values are not nested without end.
 *
 * <p>Asked only about what a backend has refused, to know which part it may have meant. Source:
 * opentelemetry-proto 1.11, trace.proto, logs.proto, metrics.proto, common.proto.
 */
final class Conformity {
  private static final int DEPTH_MAX = 32; // some parsers end at 64 or 100, all counted
  private static final int FIELDS = 32;

  /** What may stand in a field. */
  private enum Form {
    TEXT,
    KEY,
    TRACE_ID,
    SPAN_ID,
    TRACE_ID_OR_NONE,
    SPAN_ID_OR_NONE
  }

  private static final Conformity KEY_VALUE = new Conformity().with(Form.KEY, 1);
  private static final Conformity VALUE = new Conformity().with(Form.TEXT, 1);

  static {
    Conformity array = new Conformity().with(VALUE, 1);
    Conformity list = new Conformity().with(KEY_VALUE, 1);
    KEY_VALUE.with(VALUE, 2);
    VALUE.with(array, 5).with(list, 6);
  }

  private static final Conformity RESOURCE = new Conformity().with(KEY_VALUE, 1);
  private static final Conformity SCOPE = new Conformity().with(Form.TEXT, 1, 2).with(KEY_VALUE, 3);
  private static final Conformity EVENT = new Conformity().with(Form.TEXT, 2).with(KEY_VALUE, 3);
  private static final Conformity LINK =
      new Conformity()
          .with(Form.TRACE_ID, 1)
          .with(Form.SPAN_ID, 2)
          .with(Form.TEXT, 3)
          .with(KEY_VALUE, 4);
  private static final Conformity STATUS = new Conformity().with(Form.TEXT, 2);
  private static final Conformity SPAN =
      new Conformity()
          .with(Form.TRACE_ID, 1)
          .with(Form.SPAN_ID, 2)
          .with(Form.TEXT, 3, 5)
          .with(Form.SPAN_ID_OR_NONE, 4)
          .with(KEY_VALUE, 9)
          .with(EVENT, 11)
          .with(LINK, 13)
          .with(STATUS, 15);
  private static final Conformity LOG_RECORD =
      new Conformity()
          .with(Form.TEXT, 3, 12)
          .with(VALUE, 5)
          .with(KEY_VALUE, 6)
          .with(Form.TRACE_ID_OR_NONE, 9)
          .with(Form.SPAN_ID_OR_NONE, 10);
  private static final Conformity EXEMPLAR =
      new Conformity()
          .with(Form.SPAN_ID_OR_NONE, 4)
          .with(Form.TRACE_ID_OR_NONE, 5)
          .with(KEY_VALUE, 7);
  private static final Conformity NUMBER = new Conformity().with(EXEMPLAR, 5).with(KEY_VALUE, 7);
  private static final Conformity HISTOGRAM = new Conformity().with(EXEMPLAR, 8).with(KEY_VALUE, 9);
  private static final Conformity EXPONENTIAL_HISTOGRAM =
      new Conformity().with(KEY_VALUE, 1).with(EXEMPLAR, 11);
  private static final Conformity SUMMARY = new Conformity().with(KEY_VALUE, 7);
  private static final Conformity METRIC =
      new Conformity()
          .with(Form.TEXT, 1, 2, 3)
          .with(KEY_VALUE, 12)
          .above(new Conformity().above(NUMBER, 1), 5, 7)
          .above(new Conformity().above(HISTOGRAM, 1), 9)
          .above(new Conformity().above(EXPONENTIAL_HISTOGRAM, 1), 10)
          .above(new Conformity().above(SUMMARY, 1), 11);
  private static final Conformity ANYTHING = new Conformity();

  private final @Nullable Form[] forms = new Form[FIELDS];
  private final @Nullable Conformity[] messages = new Conformity[FIELDS];
  private final @Nullable Conformity[] below = new Conformity[FIELDS];
  private int required;

  private Conformity() {}

  private Conformity with(Form form, int... fields) {
    for (int field : fields) {
      forms[field] = form;
      boolean must = form == Form.TRACE_ID || form == Form.SPAN_ID || form == Form.KEY;
      required |= must ? 1 << field : 0;
    }
    return this;
  }

  private Conformity with(Conformity message, int... fields) {
    for (int field : fields) {
      messages[field] = message;
    }
    return this;
  }

  /** A field that is asked about by itself. */
  private Conformity above(Conformity message, int... fields) {
    for (int field : fields) {
      below[field] = message;
    }
    return this;
  }

  /** What must hold of a whole request, apart from what stands below it. */
  static Conformity request(Signal signal) {
    Conformity item =
        switch (signal) {
          case TRACES -> SPAN;
          case LOGS -> LOG_RECORD;
          case METRICS -> METRIC;
          case PROFILES -> ANYTHING;
        };
    Conformity ofScope = new Conformity().with(SCOPE, 1).with(Form.TEXT, 3).above(item, 2);
    Conformity ofResource = new Conformity().with(RESOURCE, 1).with(Form.TEXT, 3).above(ofScope, 2);
    return new Conformity().above(ofResource, 1);
  }

  /** What must hold of the messages in this field. */
  Conformity child(int field) {
    Conformity child = field < FIELDS ? below[field] : null;
    return child == null ? ANYTHING : child;
  }

  /** Whether it holds of this message, apart from the fields that {@link #child} knows. */
  boolean holds(byte[] bytes, int start, int end) {
    try {
      return holds(bytes, start, end, 0);
    } catch (MalformedException e) {
      return false;
    }
  }

  private boolean holds(byte[] bytes, int start, int end, int depth) {
    int seen = 0;
    FieldCursor fields = new FieldCursor().on(bytes, start, end - start);
    while (fields.next()) {
      int field = fields.field();
      if (field < FIELDS && fields.isBytes()) {
        seen |= 1 << field;
        int at = fields.start();
        if (!holds(field, bytes, at, at + fields.length(), depth)) {
          return false;
        }
      }
    }
    return (seen & required) == required;
  }

  private boolean holds(int field, byte[] bytes, int from, int to, int depth) {
    Conformity message = messages[field];
    if (message != null) {
      return depth < DEPTH_MAX && message.holds(bytes, from, to, depth + 1);
    }
    Form form = forms[field];
    return form == null || holds(form, bytes, from, to);
  }

  private static boolean holds(Form form, byte[] bytes, int from, int to) {
    int length = to - from;
    return switch (form) {
      case TEXT -> isUtf8(bytes, from, to);
      case KEY -> length > 0 && isUtf8(bytes, from, to);
      case TRACE_ID -> length == 16 && !isZero(bytes, from, to);
      case SPAN_ID -> length == 8 && !isZero(bytes, from, to);
      case TRACE_ID_OR_NONE -> length == 0 || length == 16;
      case SPAN_ID_OR_NONE -> length == 0 || length == 8;
    };
  }

  private static boolean isZero(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isUtf8(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] < 0) {
        return isDecodable(bytes, i, to);
      }
    }
    return true;
  }

  private static boolean isDecodable(byte[] bytes, int from, int to) {
    try {
      ByteBuffer text = ByteBuffer.wrap(bytes, from, to - from);
      var unused = StandardCharsets.UTF_8.newDecoder().decode(text);
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
