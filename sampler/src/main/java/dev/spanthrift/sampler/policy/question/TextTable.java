package dev.spanthrift.sampler.policy.question;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A fixed list of texts, looked up by bytes without making a string of them.
 *
 * <p>Open addressing at a quarter full; nearly every text that is not in it is refused by its
 * length alone.
 */
final class TextTable {
  private final byte[][] texts;
  private final int[] slots; // index + 1, 0 when empty
  private final long lengths; // a bit for each length modulo 64

  /** Texts must be distinct; their index in this list is what {@link #find} answers. */
  TextTable(List<String> list) {
    texts = new byte[list.size()][];
    slots = new int[Math.max(4, Integer.highestOneBit(Math.max(1, list.size())) * 8)];
    long bits = 0;
    for (int i = 0; i < texts.length; i++) {
      byte[] text = list.get(i).getBytes(StandardCharsets.UTF_8);
      texts[i] = text;
      bits |= 1L << text.length;
      int slot = slot(text, 0, text.length);
      while (slots[slot] != 0) {
        slot = (slot + 1) & (slots.length - 1);
      }
      slots[slot] = i + 1;
    }
    lengths = bits;
  }

  boolean isEmpty() {
    return texts.length == 0;
  }

  /** Index of the text, or -1. */
  int find(byte[] buffer, int offset, int length) {
    if ((lengths >>> length & 1) == 0) {
      return -1;
    }
    int slot = slot(buffer, offset, length);
    while (slots[slot] != 0) {
      byte[] text = texts[slots[slot] - 1];
      if (text.length == length
          && Arrays.equals(text, 0, length, buffer, offset, offset + length)) {
        return slots[slot] - 1;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    return -1;
  }

  private int slot(byte[] buffer, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    int hash = length * 0x9e3779b1;
    hash = (hash ^ buffer[offset + length - 1]) * 0x85ebca6b;
    hash = (hash ^ buffer[offset + length / 2]) * 0xc2b2ae35;
    hash = (hash ^ buffer[offset]) * 0x27d4eb2f;
    return (hash >>> 16) & (slots.length - 1);
  }
}
