package dev.spanthrift.agent.fleet;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A vector that is mostly zero, as a MessagePack map from place to number: what Lua's {@code
 * cmsgpack} packs and unpacks.
 */
final class SparseNumbers {
  /** From here on the script keeps maxima. */
  private static final int MAXIMA = 60_000;

  private static final int MAP_16 = 0xde;
  private static final int MAP_32 = 0xdf;
  private static final int UINT_16 = 0xcd;
  private static final int FLOAT_32 = 0xca;
  private static final int FLOAT_64 = 0xcb;

  private SparseNumbers() {}

  /**
   * Place 0 is always there: a table without it would be an array to Lua.
   *
   * @param maxima numbers besides, of which a fleet's are the maxima
   */
  static byte[] pack(double[] numbers, double... maxima) {
    int count = 1 + maxima.length;
    for (int i = 1; i < numbers.length; i++) {
      count += numbers[i] == 0 ? 0 : 1;
    }
    ByteBuffer out = ByteBuffer.allocate(5 + count * 12);
    out.put((byte) MAP_32).putInt(count);
    for (int i = 0; i < numbers.length; i++) {
      if (i == 0 || numbers[i] != 0) {
        out.put((byte) UINT_16).putShort((short) i);
        putNumber(numbers[i], out);
      }
    }
    for (int i = 0; i < maxima.length; i++) {
      out.put((byte) UINT_16).putShort((short) (MAXIMA + i));
      putNumber(maxima[i], out);
    }
    byte[] packed = new byte[out.position()];
    out.flip().get(packed);
    return packed;
  }

  /** Seven digits are enough for sums; the first two are times and keep all. */
  private static void putNumber(double number, ByteBuffer out) {
    if (Math.abs(number) < 1e30 && Math.abs(number) > 1e-30 && number < 1e9) {
      out.put((byte) FLOAT_32).putFloat((float) number);
    } else {
      out.put((byte) FLOAT_64).putDouble(number);
    }
  }

  /**
   * @throws IllegalArgumentException when it is no such map
   */
  static void unpack(ByteBuffer in, double[] into, double... maxima) {
    Arrays.fill(into, 0);
    Arrays.fill(maxima, 0);
    try {
      int count = mapSize(in);
      for (int n = 0; n < count; n++) {
        int at = (int) number(in);
        double value = number(in);
        if (at >= 0 && at < into.length && Double.isFinite(value)) {
          into[at] = value;
        } else if (at >= MAXIMA && at < MAXIMA + maxima.length) {
          maxima[at - MAXIMA] = value;
        }
      }
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("sums that end early", e);
    }
  }

  private static int mapSize(ByteBuffer in) {
    int type = in.get() & 0xff;
    if (type == MAP_32) {
      return in.getInt();
    }
    if (type == MAP_16) {
      return in.getShort() & 0xffff;
    }
    if (type >> 4 == 8) {
      return type & 15;
    }
    throw new IllegalArgumentException("sums of type " + type);
  }

  private static double number(ByteBuffer in) {
    int type = in.get() & 0xff;
    if (type < 0x80) {
      return type;
    }
    if (type >= 0xe0) {
      return (byte) type;
    }
    return switch (type) {
      case FLOAT_32 -> in.getFloat();
      case FLOAT_64 -> in.getDouble();
      case 0xcc -> in.get() & 0xff;
      case UINT_16 -> in.getShort() & 0xffff;
      case 0xce -> in.getInt() & 0xffffffffL;
      case 0xcf, 0xd3 -> in.getLong();
      case 0xd0 -> in.get();
      case 0xd1 -> in.getShort();
      case 0xd2 -> in.getInt();
      default -> throw new IllegalArgumentException("a number of type " + type);
    };
  }
}
