package dev.spanthrift.sampler.signal;

import dev.spanthrift.sampler.wire.FieldCursor;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What kind of error a span shows, as small ids: error type, HTTP or gRPC status, exception type.
 *
 * <p>Never the message, which differs from error to error. 0 means no error, {@link #UNKNOWN} an
 * error that says nothing. Source: OpenTelemetry semantic conventions, current and previous names.
 * Bounded: above the bound signatures share ids by their hash. One thread.
 */
public final class ErrorSignatures implements LearnedPart {
  public static final int NONE = 0;
  public static final int UNKNOWN = 1;
  public static final int BOUND = 4_096;

  private static final int FIXED = 2;

  private static final int SPAN_ATTRIBUTES = 9;
  private static final int SPAN_EVENTS = 11;
  private static final int EVENT_ATTRIBUTES = 3;

  private static final byte[][] KEYS = {
    ascii("error.type"),
    ascii("http.response.status_code"),
    ascii("http.status_code"),
    ascii("rpc.grpc.status_code"),
    ascii("rpc.response.status_code"),
    ascii("rpc.status_code"),
    ascii("exception.type"),
  };
  // Old and new names of one thing share a slot.
  private static final int[] SLOT = {0, 1, 1, 2, 2, 2, 3};
  private static final String[] SLOT_NAMES = {"type", "http", "rpc", "exception"};

  /** Characters of all names together: beyond, a name is cut. */
  private static final int TEXT_MAX = 1 << 18;

  private static final int SHORT_NAME = 16;
  private static final int STRING_BYTES = 40; // of a string beside its characters
  private static final int NAME_MAX = 4 * (NameTemplate.LENGTH_MAX + 16);

  private final KeyIndex index;
  private final FieldCursor span = new FieldCursor();
  private final FieldCursor inner = new FieldCursor();
  private final FieldCursor pair = new FieldCursor();
  private final FieldCursor any = new FieldCursor();
  private final long[] slotHash = new long[SLOT_NAMES.length];
  private final int[] slotStart = new int[SLOT_NAMES.length];
  private final int[] slotLength = new int[SLOT_NAMES.length];
  private final long[] slotNumber = new long[SLOT_NAMES.length];
  private String[] names = new String[16];
  private long[] hashes = new long[16];
  private int text;

  public ErrorSignatures() {
    this(BOUND);
  }

  public ErrorSignatures(int bound) {
    index = new KeyIndex(bound);
    learn(index.idOf(StableHash.mix(1)), StableHash.mix(1), "none");
    learn(index.idOf(StableHash.mix(2)), StableHash.mix(2), "unknown");
  }

  /** Id of the signature of an error span, from its encoded message without tag and length. */
  public int intern(byte[] buffer, int offset, int length) {
    Arrays.fill(slotHash, 0);
    span.on(buffer, offset, length);
    while (span.next()) {
      if (span.field() == SPAN_ATTRIBUTES && span.isBytes()) {
        attribute(span);
      } else if (span.field() == SPAN_EVENTS && span.isBytes()) {
        event(span);
      }
    }
    return idOfSlots(buffer);
  }

  private void event(FieldCursor event) {
    inner.on(event.buffer(), event.start(), event.length());
    while (inner.next()) {
      if (inner.field() == EVENT_ATTRIBUTES && inner.isBytes()) {
        attribute(inner);
      }
    }
  }

  private void attribute(FieldCursor keyValue) {
    pair.on(keyValue.buffer(), keyValue.start(), keyValue.length());
    int slot = -1;
    while (pair.next()) {
      if (pair.field() == 1 && pair.isBytes()) {
        slot = slotOf(pair);
      } else if (pair.field() == 2 && pair.isBytes() && slot >= 0 && slotHash[slot] == 0) {
        value(slot);
      }
    }
  }

  private static int slotOf(FieldCursor key) {
    for (int i = 0; i < KEYS.length; i++) {
      byte[] wanted = KEYS[i];
      if (key.length() == wanted.length
          && Arrays.equals(
              key.buffer(), key.start(), key.start() + key.length(), wanted, 0, wanted.length)) {
        return SLOT[i];
      }
    }
    return -1;
  }

  /** AnyValue: 1 string, 3 int. Others say nothing here. */
  private void value(int slot) {
    any.on(pair.buffer(), pair.start(), pair.length());
    while (any.next()) {
      if (any.field() == 1 && any.isBytes() && any.length() > 0) {
        slotHash[slot] = StableHash.of(any.buffer(), any.start(), any.length());
        slotStart[slot] = any.start();
        slotLength[slot] = any.length();
      } else if (any.field() == 3 && any.wireType() == 0) {
        slotHash[slot] = StableHash.mix(any.value() + 0x5bd1e995);
        slotLength[slot] = -1;
        slotNumber[slot] = any.value();
      }
    }
  }

  private int idOfSlots(byte[] buffer) {
    long hash = 0;
    for (int i = 0; i < slotHash.length; i++) {
      if (slotHash[i] != 0) {
        hash = StableHash.combine(hash + i, slotHash[i]);
      }
    }
    if (hash == 0) {
      return UNKNOWN;
    }
    int id = index.idOf(hash);
    if (id >= names.length || hashes[id] == 0) {
      boolean shared = id >= index.bound();
      String name = shared ? "(other " + (id - index.bound()) + ")" : describe(buffer);
      learn(id, shared ? StableHash.mix(id) : hash, name);
    }
    return id;
  }

  private String describe(byte[] buffer) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < slotHash.length; i++) {
      if (slotHash[i] != 0) {
        text.append(text.isEmpty() ? "" : " ").append(SLOT_NAMES[i]).append('=');
        if (slotLength[i] < 0) {
          text.append(slotNumber[i]);
        } else {
          int length = Math.min(slotLength[i], NameTemplate.LENGTH_MAX);
          text.append(new String(buffer, slotStart[i], length, StandardCharsets.UTF_8));
        }
      }
    }
    return text.toString();
  }

  private void learn(int id, long hash, String name) {
    if (id >= names.length) {
      int capacity = Math.min(index.idBound(), Math.max(id + 1, names.length * 2));
      names = Arrays.copyOf(names, capacity);
      hashes = Arrays.copyOf(hashes, capacity);
    }
    boolean fits = name.length() <= Math.max(SHORT_NAME, TEXT_MAX - text);
    names[id] = fits ? name : name.substring(0, SHORT_NAME) + '…';
    hashes[id] = hash;
    text += names[id].length();
  }

  /** Readable form, as {@code type=timeout http=504}. */
  public String name(int id) {
    return names[id];
  }

  /** Hash that is the same in every pod and after a restart. */
  public long hash(int id) {
    return hashes[id];
  }

  /** Number of signatures that have an id of their own, with the two fixed ones. */
  public int size() {
    return index.size();
  }

  /** Times that a signature had to share an id. */
  public long folded() {
    return index.folded();
  }

  /** Memory held, about. */
  public long bytesHeld() {
    return index.bytesHeld() + hashes.length * 12L + (long) index.size() * STRING_BYTES + text;
  }

  @Override
  public int pieces() {
    return 1;
  }

  /** Count, then hash and name in the order of ids; the two fixed ones are known. */
  @Override
  public void write(int piece, int nowSeconds, DataOutput out) throws IOException {
    int size = index.folded() == 0 ? index.size() : FIXED;
    out.writeInt(size - FIXED);
    for (int id = FIXED; id < size; id++) {
      out.writeLong(hashes[id]);
      out.writeUTF(names[id]);
    }
  }

  @Override
  public void read(DataInput in, int nowSeconds, int ageSeconds) throws IOException {
    int count = LearnedPart.readCount(in, index.bound());
    for (int i = 0; i < count; i++) {
      long hash = in.readLong();
      String name = in.readUTF();
      int id = index.idOf(hash);
      if (hash == 0 || id >= index.bound() || name.length() > NAME_MAX) {
        throw new IOException("error signature " + i + " of hash " + hash);
      }
      if (id >= names.length || hashes[id] == 0) {
        learn(id, hash, name);
      }
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
