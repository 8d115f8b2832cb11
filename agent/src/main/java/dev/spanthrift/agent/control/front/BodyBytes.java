package dev.spanthrift.agent.control.front;

import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * A body as it comes. Its array grows with what has come, not with what was announced: announcing
 * costs a client nothing.
 */
final class BodyBytes {
  private static final int START_BYTES = 1 << 10;

  private final Ration ration;
  private final int bytesMax;
  private byte[] bytes = new byte[0];
  private int length;

  BodyBytes(Ration ration, int bytesMax) {
    this.ration = ration;
    this.bytesMax = bytesMax;
  }

  /** Takes all of a piece, or says why not. */
  void append(ByteBuf piece) {
    int more = piece.readableBytes();
    if (more > bytesMax - length) {
      throw tooLarge(bytesMax);
    }
    if (length + more > bytes.length) {
      grow(Math.min(bytesMax, Math.max(length + more, Math.max(START_BYTES, 2 * bytes.length))));
    }
    piece.readBytes(bytes, length, more);
    length += more;
  }

  static ProblemException tooLarge(int bytesMax) {
    return new ProblemException(ProblemType.TOO_LARGE, "more than " + bytesMax + " bytes");
  }

  private void grow(int capacity) {
    if (!ration.take(capacity - bytes.length)) {
      throw new ProblemException(ProblemType.OVERLOADED, "too many bodies are being read");
    }
    bytes = Arrays.copyOf(bytes, capacity);
  }

  /** All that came; stays charged until {@link #release}. */
  byte[] whole() {
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }

  void release() {
    ration.give(bytes.length);
    bytes = new byte[0];
    length = 0;
  }
}
