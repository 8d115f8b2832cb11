package dev.spanthrift.sampler.budget.books;

import dev.spanthrift.sampler.budget.price.Pricing;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The books as bytes, for a file that survives a restart.
 *
 * <pre>
 * "SPTB" · version (1 byte) · CRC-32 of the rest (8 bytes) · controller
 * </pre>
 *
 * <p>What is damaged or of another version is ignored whole, and said.
 */
public final class BudgetState {
  private static final int MAGIC = 0x53505442;
  private static final int VERSION = 1;
  private static final int HEAD = 13;
  private static final int BLOCK_MAX = 1 << 20;

  private BudgetState() {}

  /** A piece that writes itself. */
  interface Part {
    void write(DataOutput out) throws IOException;
  }

  /**
   * Books that go on where they ended.
   *
   * @param warning why the saved ones were ignored
   */
  public record Restored(BudgetController controller, Optional<String> warning) {}

  /** Call on the thread that ticks. */
  public static byte[] save(BudgetController controller) {
    byte[] body = bytes(controller::write);
    CRC32 check = new CRC32();
    check.update(body);
    return bytes(
        out -> {
          out.writeInt(MAGIC);
          out.writeByte(VERSION);
          out.writeLong(check.getValue());
          out.write(body);
        });
  }

  /** Opens books with what was saved; budgets that are new begin empty. */
  public static Restored restore(byte[] saved, List<Budget> budgets, Pricing pricing) {
    BudgetController controller = new BudgetController(budgets, pricing);
    try {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(saved));
      if (saved.length < HEAD || in.readInt() != MAGIC) {
        return fresh(controller, "not a file of budgets");
      }
      int version = in.readUnsignedByte();
      if (version != VERSION) {
        return fresh(controller, "version " + version + " instead of " + VERSION);
      }
      CRC32 check = new CRC32();
      check.update(saved, HEAD, saved.length - HEAD);
      if (in.readLong() != check.getValue()) {
        return fresh(controller, "damaged");
      }
      controller.read(in);
      return new Restored(controller, Optional.empty());
    } catch (IOException | RuntimeException e) {
      // Read half: begin anew.
      return fresh(new BudgetController(budgets, pricing), String.valueOf(e.getMessage()));
    }
  }

  /**
   * Puts saved books into open ones, whose own are forgotten: those of a fleet that this program
   * joins.
   *
   * @return why they were left alone; then nothing has changed
   */
  public static Optional<String> adopt(
      byte[] saved, BudgetController into, List<Budget> budgets, Pricing pricing) {
    Restored tried = restore(saved, budgets, pricing); // read half, they would be neither
    if (tried.warning().isEmpty()) {
      try {
        into.read(new DataInputStream(new ByteArrayInputStream(saved, HEAD, saved.length - HEAD)));
      } catch (IOException e) {
        throw new UncheckedIOException(e); // it was read a moment ago
      }
    }
    return tried.warning();
  }

  private static Restored fresh(BudgetController controller, String reason) {
    return new Restored(controller, Optional.of("saved budgets are ignored: " + reason));
  }

  static void writeBlock(DataOutput out, Part part) throws IOException {
    byte[] block = bytes(part);
    out.writeInt(block.length);
    out.write(block);
  }

  static DataInput readBlock(DataInput in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > BLOCK_MAX) {
      throw new IOException("a block of " + length + " bytes");
    }
    byte[] block = new byte[length];
    in.readFully(block);
    return new DataInputStream(new ByteArrayInputStream(block));
  }

  private static byte[] bytes(Part part) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      part.write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return bytes.toByteArray();
  }
}
