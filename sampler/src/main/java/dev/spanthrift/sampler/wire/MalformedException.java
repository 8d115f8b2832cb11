package dev.spanthrift.sampler.wire;

/**
 * The bytes are not a protobuf message: the only exception that scanning throws, whatever the
 * input.
 *
 * <p>Says what is wrong and at which byte. Has no stack trace, because the input is to blame.
 */
public final class MalformedException extends RuntimeException {
  private final int position;

  public MalformedException(String what, int position) {
    super(what + " at byte " + position, null, false, false);
    this.position = position;
  }

  /** Offset in the request, in bytes. */
  public int position() {
    return position;
  }
}
