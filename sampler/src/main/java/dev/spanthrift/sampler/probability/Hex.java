package dev.spanthrift.sampler.probability;

/** Hex digits in bytes. */
final class Hex {
  private static final byte[] DIGITS = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  private Hex() {}

  /**
   * Reads up to 15 digits.
   *
   * @return -1 when a byte is no digit
   */
  static long read(byte[] buffer, int offset, int length, boolean upperCase) {
    long value = 0;
    for (int i = offset; i < offset + length; i++) {
      int digit = digit(buffer[i], upperCase);
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private static int digit(byte b, boolean upperCase) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    if (b >= 'a' && b <= 'f') {
      return b - 'a' + 10;
    }
    return upperCase && b >= 'A' && b <= 'F' ? b - 'A' + 10 : -1;
  }

  /** Writes exactly so many digits, with leading zeros. */
  static void write(long value, int digits, byte[] out, int offset) {
    for (int i = digits - 1; i >= 0; i--) {
      out[offset + i] = DIGITS[(int) value & 0xf];
      value >>>= 4;
    }
  }
}
