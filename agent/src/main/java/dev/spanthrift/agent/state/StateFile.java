package dev.spanthrift.agent.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Replaces a small file so that a crash leaves either the old content or the new one; appends to
 * one so that no half of it stays.
 */
public final class StateFile {
  private StateFile() {}

  public static void replace(Path file, byte[] content) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path fresh = Files.createTempFile(folder, file.getFileName() + ".", ".tmp");
    try {
      writeThrough(fresh, content);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
    // The rename itself survives a power cut only once the folder is on the disk, too.
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /**
   * Adds lines to the end of a file, which may not be there yet.
   *
   * <p>Half a line, which a power cut may have left, is ended first: it must not take the first of
   * these with it.
   *
   * @param lines each with its line end
   */
  public static void append(Path file, byte[] lines) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long before = channel.size();
      try {
        channel.position(before);
        write(channel, isLineOpen(channel, before) ? onTheNextLine(lines) : lines);
      } catch (IOException e) {
        channel.truncate(before);
        throw e;
      }
    }
  }

  private static boolean isLineOpen(FileChannel channel, long size) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    return size > 0 && channel.read(last, size - 1) == 1 && last.get(0) != '\n';
  }

  private static byte[] onTheNextLine(byte[] lines) {
    return ByteBuffer.allocate(lines.length + 1).put((byte) '\n').put(lines).array();
  }

  private static void writeThrough(Path file, byte[] content) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      write(channel, content);
    }
  }

  private static void write(FileChannel channel, byte[] content) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(content);
    while (rest.hasRemaining()) {
      channel.write(rest);
    }
    channel.force(true);
  }
}
