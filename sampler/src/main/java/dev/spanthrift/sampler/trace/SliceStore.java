package dev.spanthrift.sampler.trace;

import java.util.ArrayDeque;
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

  private final SliceCodec codec;
  private final long rawBytesMax;

  private @Nullable Block[] blocks = new Block[64];
  private int[] freeNumbers = new int[64];
  private int freeCount;
  private int nextNumber;
  private Block open;
  private long rawBytes; // sealed and uncompressed
  private long compressedBytes;
  private final ArrayDeque<byte[]> pool = new ArrayDeque<>();
  private final byte[][] cache = new byte[CACHED_BLOCKS][];
  private final int[] cachedNumber = new int[CACHED_BLOCKS];
  private int cacheTurn;
  private byte[] current = new byte[0]; // array of the last read

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

  SliceStore(SliceCodec codec, long rawBytesMax) {
    this.codec = codec;
    this.rawBytesMax = rawBytesMax;
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

  /** Bytes of memory that blocks take: raw ones whole, compressed ones as they are. */
  long bytes() {
    return rawBytes + compressedBytes + open.bytes.length;
  }

  private Block block(long location) {
    Block block = blocks[(int) (location >>> 32)];
    if (block == null) {
      throw new IllegalStateException("no block at " + location);
    }
    return block;
  }

  private Block newBlock(int size) {
    byte[] pooled = size == BLOCK_BYTES ? pool.poll() : null;
    int number = freeCount > 0 ? freeNumbers[--freeCount] : nextNumber++;
    if (number == blocks.length) {
      blocks = Arrays.copyOf(blocks, number * 2);
    }
    Block block = new Block(number, pooled == null ? new byte[size] : pooled);
    blocks[number] = block;
    return block;
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
    if (raw.length == BLOCK_BYTES && pool.size() < POOLED_BLOCKS) {
      pool.push(raw);
    }
  }

  private byte[] decompressed(Block block) {
    for (int i = 0; i < CACHED_BLOCKS; i++) {
      if (cachedNumber[i] == block.number) {
        return cache[i];
      }
    }
    int slot = cacheTurn;
    cacheTurn = (cacheTurn + 1) % CACHED_BLOCKS;
    byte[] into = cache[slot];
    if (into == null || into.length < block.length) {
      into = new byte[Math.max(BLOCK_BYTES, block.length)];
      cache[slot] = into;
    }
    codec.decompress(block.bytes, into, block.length);
    cachedNumber[slot] = block.number;
    return into;
  }

  private void forget(int number) {
    for (int i = 0; i < CACHED_BLOCKS; i++) {
      if (cachedNumber[i] == number) {
        cachedNumber[i] = -1;
      }
    }
  }
}
