package dev.spanthrift.sampler;

import dev.spanthrift.sampler.signal.LearnedPart;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.CRC32;

/**
 * What a sampler has learned, as bytes for a file that survives a restart.
 *
 * <pre>
 * "SPTL" · version (1 byte) · CRC-32 of the rest (8) · unix ms (8) · pieces
 * piece: number of its part (1) · length (4) · what the part writes
 * </pre>
 *
 * <p>What is damaged, of another version or too old is ignored whole, and said.
 */
public final class LearnedState {
  /** Above it a file is not read; a snapshot of full tables is about half as large. */
  public static final int BYTES_MAX = 1 << 24;

  /** What is older says little about the traffic of today. */
  static final int DAYS_MAX = 14;

  private static final int MAGIC = 0x5350544c;
  private static final int VERSION = 1;
  private static final int CHECKED_FROM = 13;
  private static final int HEAD = 21;
  private static final int PIECE_BYTES_MAX = 1 << 22;

  private LearnedState() {}

  /**
   * What became of a snapshot.
   *
   * @param warning why it was ignored; none: it was taken
   * @param ageSeconds since it was written
   */
  public record Restored(Optional<String> warning, int ageSeconds) {}

  /**
   * Writes a snapshot step by step, each short enough to come between two batches.
   *
   * <p>Steps run where the sampler runs; {@link #finish} anywhere, once no step is left.
   */
  public static final class Writer {
    private final List<LearnedPart> parts;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
    private final DataOutputStream out = new DataOutputStream(bytes);
    private final ByteArrayOutputStream piece = new ByteArrayOutputStream();
    private int part;
    private int next;

    Writer(List<LearnedPart> parts, long unixMillis) {
      this.parts = parts;
      try {
        out.writeInt(MAGIC);
        out.writeByte(VERSION);
        out.writeLong(0);
        out.writeLong(unixMillis);
      } catch (IOException e) {
        throw new UncheckedIOException(e); // memory does not fail
      }
    }

    /** Writes one piece; false when there was none left. */
    public boolean step(long nowNanos) {
      while (part < parts.size() && next >= parts.get(part).pieces()) {
        part++;
        next = 0;
      }
      if (part == parts.size()) {
        return false;
      }
      try {
        piece.reset();
        parts.get(part).write(next++, seconds(nowNanos), new DataOutputStream(piece));
        out.writeByte(part);
        out.writeInt(piece.size());
        piece.writeTo(out);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return true;
    }

    /** The whole snapshot. */
    public byte[] finish() {
      return sealed(bytes.toByteArray());
    }
  }

  /** Puts the checksum in its place. */
  static byte[] sealed(byte[] snapshot) {
    long check = check(snapshot);
    for (int i = 0; i < 8; i++) {
      snapshot[CHECKED_FROM - 1 - i] = (byte) (check >>> (8 * i));
    }
    return snapshot;
  }

  private static long check(byte[] snapshot) {
    CRC32 crc = new CRC32();
    crc.update(snapshot, CHECKED_FROM, snapshot.length - CHECKED_FROM);
    return crc.getValue();
  }

  /**
   * Takes a snapshot back.
   *
   * <p>It is read twice, first into tables that nobody uses: so it is taken whole or not at all.
   */
  static Restored restore(
      byte[] saved,
      Supplier<List<LearnedPart>> trial,
      List<LearnedPart> parts,
      long nowNanos,
      long unixMillis) {
    try {
      Optional<String> wrong = wrong(saved);
      if (wrong.isPresent()) {
        return ignored(wrong.get(), 0);
      }
      long age = Math.max(0, (unixMillis - savedAt(saved)) / 1000);
      if (age > DAYS_MAX * 86_400L) {
        return ignored("more than " + DAYS_MAX + " days old", Integer.MAX_VALUE);
      }
      read(saved, trial.get(), seconds(nowNanos), (int) age);
      read(saved, parts, seconds(nowNanos), (int) age);
      return new Restored(Optional.empty(), (int) age);
    } catch (IOException | RuntimeException e) {
      return ignored(String.valueOf(e.getMessage()), 0);
    }
  }

  private static Restored ignored(String reason, int age) {
    return new Restored(Optional.of("saved learned state is ignored: " + reason), age);
  }

  private static Optional<String> wrong(byte[] saved) throws IOException {
    if (saved.length < HEAD || saved.length > BYTES_MAX || in(saved, 0).readInt() != MAGIC) {
      return Optional.of("not a snapshot of what was learned");
    }
    int version = saved[4] & 0xff;
    if (version != VERSION) {
      return Optional.of("version " + version + " instead of " + VERSION);
    }
    return in(saved, 5).readLong() == check(saved) ? Optional.empty() : Optional.of("damaged");
  }

  private static long savedAt(byte[] saved) throws IOException {
    return Math.max(0, in(saved, CHECKED_FROM).readLong());
  }

  private static DataInputStream in(byte[] saved, int from) {
    return new DataInputStream(new ByteArrayInputStream(saved, from, saved.length - from));
  }

  /** A part that this sampler does not have, as without a budget, is passed over. */
  private static void read(byte[] saved, List<LearnedPart> parts, int now, int age)
      throws IOException {
    int at = HEAD;
    while (at < saved.length) {
      DataInputStream head = in(saved, at);
      int part = head.readUnsignedByte();
      int length = LearnedPart.readCount(head, PIECE_BYTES_MAX);
      at += 5;
      if (length > saved.length - at) {
        throw new IOException("a piece of " + length + " bytes goes over the end");
      }
      if (part < parts.size()) {
        ByteArrayInputStream bytes = new ByteArrayInputStream(saved, at, length);
        parts.get(part).read(new DataInputStream(bytes), now, age);
        if (bytes.available() > 0) {
          throw new IOException("bytes behind the end of a piece");
        }
      }
      at += length;
    }
  }

  static int seconds(long nanos) {
    return (int) (nanos / 1_000_000_000L);
  }
}
