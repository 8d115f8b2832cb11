package dev.spanthrift.sampler.wire;

/**
 * A cursor over the events of one Span, where they lie.
 *
 * <pre>
 * Event  1 time  2 name  3 attributes*
 * </pre>
 *
 * <p>One cursor for each thread, used again for every span; an event's attributes are read with an
 * {@link Attributes} of their own.
 */
public final class Events extends Wire {
  private static final int EVENT = Fields.EVENTS_OF_SPAN << 3 | Fields.LENGTH_DELIMITED;
  private static final int NAME = 2 << 3 | Fields.LENGTH_DELIMITED;

  private int end;
  private int bodyAt;
  private int bodyLength;
  private int nameAt;
  private int nameLength;

  /** Begins before the first event. */
  public Events over(byte[] buffer, int offset, int length) {
    this.buffer = buffer;
    position = offset;
    end = offset + length;
    return this;
  }

  /** Moves to the next event; false when there is none. */
  public boolean next() {
    while (position < end) {
      int tag = readTag(end);
      if (tag == EVENT) {
        bodyLength = readLength(end);
        bodyAt = position;
        readName(position + bodyLength);
        return true;
      }
      skip(tag, end, 0);
    }
    return false;
  }

  private void readName(int limit) {
    nameLength = 0;
    while (position < limit) {
      int tag = readTag(limit);
      if (tag == NAME) {
        nameLength = readLength(limit);
        nameAt = advance(nameLength, limit);
      } else {
        skip(tag, limit, 1);
      }
    }
  }

  public int nameOffset() {
    return nameAt;
  }

  public int nameLength() {
    return nameLength;
  }

  /** The Event message, for {@link Attributes#over} with {@link Fields#ATTRIBUTES_OF_EVENT}. */
  public int bodyOffset() {
    return bodyAt;
  }

  public int bodyLength() {
    return bodyLength;
  }
}
