package dev.spanthrift.image;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Jars for one processor: native libraries lie beside them in a folder, once and for this processor
 * alone, because the jars' own way, unpacking to /tmp, fails where that is noexec or read-only.
 *
 * <p>What is left is stored as it is: a layer is compressed as a whole, which takes a quarter less
 * than what was compressed class by class before, and nothing is inflated at a start.
 */
final class Libraries {
  private static final String ZSTD = "linux/";
  private static final String NETTY = "META-INF/native/";

  /** Of all entries; without a time zone, as zip has none. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private Libraries() {}

  /** Packs a jar again; those of its native libraries that are ours go to their folder. */
  static void copy(Path jar, Path copy, Path natives, Platform platform) throws IOException {
    Files.createDirectories(copy.getParent());
    Files.createDirectories(natives);
    try (ZipFile from = new ZipFile(jar.toFile());
        ZipOutputStream to =
            new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(copy)))) {
      for (ZipEntry entry : Collections.list(from.entries())) { // in the jar's order
        try (InputStream in = from.getInputStream(entry)) {
          if (!isNative(entry.getName())) {
            store(to, entry.getName(), in.readAllBytes());
          } else if (isFor(entry.getName(), platform)) {
            Files.copy(
                in,
                natives.resolve(entry.getName().substring(entry.getName().lastIndexOf('/') + 1)));
          }
        }
      }
    }
  }

  private static void store(ZipOutputStream to, String name, byte[] bytes) throws IOException {
    CRC32 sum = new CRC32();
    sum.update(bytes);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCrc(sum.getValue());
    entry.setTimeLocal(TIME);
    to.putNextEntry(entry);
    to.write(bytes);
    to.closeEntry();
  }

  private static boolean isNative(String name) {
    return name.endsWith(".so")
        || name.endsWith(".dll")
        || name.endsWith(".dylib")
        || name.endsWith(".jnilib");
  }

  private static boolean isFor(String name, Platform platform) {
    return name.startsWith(ZSTD + platform.zstd + "/")
        || (name.startsWith(NETTY) && name.endsWith("_" + platform.netty + ".so"));
  }
}
