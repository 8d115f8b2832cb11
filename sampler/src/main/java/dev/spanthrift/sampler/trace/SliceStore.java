package dev.spanthrift.sampler.trace;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of waiting spans, in blocks that are filled one after the other.
 *
 * <pre>
 * location  block number << 32 | offset in the block
 * block     open → sealed (raw) → free              few bytes wait: no work at all
 *           open → sealed → compressed → free       more than {@code rawBytesMax} wait
 * </pre>
 *
 * <p>A block is freed when the last of its slices is released. When more than the bound waits
 * uncompressed, the block that was just sealed is compressed, because it will wait longest. Reads
 * of compressed blocks go through a few decompressed copies: traces that are due together arrived
 * together, so they share blocks. Used by one thread at a time.
 */
final class SliceStore {
  static final int BLOCK_BYTES = 256 * 1024;
  private static final int CACHED_BLOCKS = 4;
  private static final int POOLED_BLOCKS = 8;
  private static final int ENTRY_BYTES = 56; // of one block beside its bytes
  private static final byte[] NOTHING = {};

  private final SliceCodec codec;
  private final long rawBytesMax;

  private @Nullable Block[] blocks = new Block[64];
  private int[] freeNumbers = new int[64];
  private int freeCount;
  private int nextNumber;
  private Block open;
  private long rawBytes; // sealed and uncompressed
  private long compressedBytes;
  private final byte[][] pool;
  private int pooled;
  private final byte[][] cache;
  private final int[] cachedNumber;
  private long cacheBytes;
  private int cacheTurn;
  private byte[] current = NOTHING; // array of the last read

  private static final class Block {
    final int number;
    byte[] bytes;
    int length;
    int slices;
    boolean counted; // in rawBytes
    boolean compressed;

    Block(int number, byte[] bytes) {
      this.number = number;
      this.bytes = bytes;
    }
  }

  /**
   * @param bytesMax of everything: what is spare is a small part of it
   */
  SliceStore(SliceCodec codec, long rawBytesMax, long bytesMax) {
    this.codec = codec;
    this.rawBytesMax = rawBytesMax;
    pool = new byte[(int) Math.clamp(bytesMax / 32 / BLOCK_BYTES, 0, POOLED_BLOCKS)][];
    cache = new byte[(int) Math.clamp(bytesMax / 16 / BLOCK_BYTES, 1, CACHED_BLOCKS)][];
    Arrays.fill(cache, NOTHING);
    cachedNumber = new int[cache.length];
    Arrays.fill(cachedNumber, -1);
    open = newBlock(BLOCK_BYTES);
  }

  /** Copies a slice in; the answer is its location until {@link #release}. */
  long add(byte[] source, int offset, int length) {
    if (length > open.bytes.length - open.length) {
      seal();
      open = newBlock(Math.max(BLOCK_BYTES, length));
    }
    Block block = open;
    System.arraycopy(source, offset, block.bytes, block.length, length);
    long location = (long) block.number << 32 | block.length;
    block.length += length;
    block.slices++;
    return location;
  }

  /** Makes the slice's block readable: afterwards it lies in {@link #readBuffer}. */
  int read(long location) {
    Block block = block(location);
    current = block.compressed ? decompressed(block) : block.bytes;
    return (int) location;
  }

  byte[] readBuffer() {
    return current;
  }

  void release(long location) {
    Block block = block(location);
    if (--block.slices == 0 && block != open) {
      free(block);
    }
  }

  /**
   * Bytes of memory: raw blocks whole, compressed ones as they are, spare and decompressed copies.
   */
  long bytes() {
    long waiting = rawBytes + compressedBytes + open.bytes.length;
    long spare = (long) pooled * BLOCK_BYTES + cacheBytes;
    return waiting + spare + codec.bytesHeld() + (long) blocks.length * ENTRY_BYTES;
  }

  private Block block(long location) {
    Block block = blocks[(int) (location >>> 32)];
    if (block == null) {
      throw new IllegalStateException("no block at " + location);
    }
    return block;
  }

  private Block newBlock(int size) {
    byte[] bytes = size == BLOCK_BYTES && pooled > 0 ? takePooled() : new byte[size];
    int number = freeCount > 0 ? freeNumbers[--freeCount] : nextNumber++;
    if (number == blocks.length) {
      blocks = Arrays.copyOf(blocks, number * 2);
    }
    Block block = new Block(number, bytes);
    blocks[number] = block;
    return block;
  }

  private byte[] takePooled() {
    byte[] bytes = pool[--pooled];
    pool[pooled] = NOTHING;
    return bytes;
  }

  private void seal() {
    Block block = open;
    if (block.slices == 0) {
      free(block);
    } else if (rawBytes + block.bytes.length > rawBytesMax) {
      byte[] raw = block.bytes;
      block.bytes = codec.compress(raw, block.length);
      block.compressed = true;
      compressedBytes += block.bytes.length;
      giveBack(raw);
    } else {
      block.counted = true;
      rawBytes += block.bytes.length;
    }
  }

  private void free(Block block) {
    blocks[block.number] = null;
    current = NOTHING; // it may be this block's
    if (freeCount == freeNumbers.length) {
      freeNumbers = Arrays.copyOf(freeNumbers, freeCount * 2);
    }
    freeNumbers[freeCount++] = block.number;
    if (block.compressed) {
      compressedBytes -= block.bytes.length;
      forget(block.number);
    } else {
      rawBytes -= block.counted ? block.bytes.length : 0;
      giveBack(block.bytes);
    }
  }

  private void giveBack(byte[] raw) {
    if (raw.length == BLOCK_BYTES && pooled < pool.length) {
      pool[pooled++] = raw;
    }
  }

  private byte[] decompressed(Block block) {
    for (int i = 0; i < cache.length; i++) {
      if (cachedNumber[i] == block.number) {
        return cache[i];
      }
    }
    int slot = cacheTurn;
    cacheTurn = (cacheTurn + 1) % cache.length;
    byte[] into = cache[slot];
    if (into.length < block.length) {
      into = new byte[Math.max(BLOCK_BYTES, block.length)];
      replace(slot, into);
    }
    codec.decompress(block.bytes, into, block.length);
    cachedNumber[slot] = block.number;
    return into;
  }

  private void forget(int number) {
    for (int i = 0; i < cache.length; i++) {
      if (cachedNumber[i] == number) {
        cachedNumber[i] = -1;
        if (cache[i].length > BLOCK_BYTES) {
          replace(i, NOTHING);
        }
      }
    }
  }

  private void replace(int slot, byte[] bytes) {
    cacheBytes += bytes.length - cache[slot].length;
    cache[slot] = bytes;
  }
}
