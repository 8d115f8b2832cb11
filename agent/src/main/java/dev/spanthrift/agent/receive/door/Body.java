package dev.spanthrift.agent.receive.door;

import dev.spanthrift.sampler.wire.Signal;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A request that arrives in several pieces, copied once into a borrowed array.
 *
 * <p>The array grows with what has come, not with what was announced: announcing costs a client
 * nothing. Used on one event loop; {@link #release} must be called exactly once.
 */
public final class Body {
  private static final int UNKNOWN_START_BYTES = 16 << 10;

  private final Door door;
  private final Signal signal;
  private final int expected;
  private byte[] bytes;
  private int length;
  private long charged;

  /**
   * Begins a body.
   *
   * @param expected bytes announced, or -1
   */
  public Body(Door door, Signal signal, int expected) {
    this.door = door;
    this.signal = signal;
    this.expected = expected;
    int start = expected < 0 ? UNKNOWN_START_BYTES : Math.min(expected, Workspace.KEPT_BYTES);
    this.bytes = Workspace.ofThread().borrow(Math.max(start, 1));
  }

  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return length;
  }

  /** Copies all of {@code data}; the answer is why not, already counted. */
  public @Nullable RequestAnswer append(ByteBuf data) {
    int more = data.readableBytes();
    RequestAnswer refused = makeRoom(more);
    if (refused == null) {
      data.readBytes(bytes, length, more);
      length += more;
    }
    return refused;
  }

  public void release() {
    door.discharge(charged);
    charged = 0;
    Workspace.ofThread().giveBack(bytes);
    bytes = new byte[0];
  }

  private @Nullable RequestAnswer makeRoom(int more) {
    long needed = (long) length + more;
    if (needed <= bytes.length && needed <= bound() && charged > 0) {
      return null;
    }
    RequestAnswer refused = expected < 0 ? door.admit(signal, needed) : null;
    if (refused == null) {
      long target = Math.max(bytes.length, grown(needed));
      refused = door.charge(signal, target - charged);
      if (refused == null) {
        charged = target;
        move((int) target);
      }
    }
    return refused;
  }

  private long bound() {
    return expected < 0 ? door.maxRequestBytes() : expected;
  }

  private long grown(long needed) {
    return needed <= bytes.length ? needed : Math.max(needed, Math.min(bytes.length * 2L, bound()));
  }

  private void move(int size) {
    if (size <= bytes.length) {
      return;
    }
    Workspace workspace = Workspace.ofThread();
    byte[] larger = workspace.borrow(size);
    System.arraycopy(bytes, 0, larger, 0, length);
    workspace.giveBack(bytes);
    bytes = larger;
  }
}
