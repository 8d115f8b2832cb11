package dev.spanthrift.image;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Jars for one processor: native libraries lie beside them in a folder, once and for this processor
 * alone, because the jars' own way, unpacking to /tmp, fails where that is noexec or read-only.
 */
final class Libraries {
  private static final String ZSTD = "linux/";
  private static final String NETTY = "META-INF/native/";

  /** Of all entries of what is packed again; without a time zone, as zip has none. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private Libraries() {}

  /** Copies a jar as it is, or without its native libraries; ours of them go to their folder. */
  static void copy(Path jar, Path copy, Path natives, Platform platform) throws IOException {
    Files.createDirectories(copy.getParent());
    Files.createDirectories(natives);
    try (ZipFile from = new ZipFile(jar.toFile())) {
      List<? extends ZipEntry> entries = Collections.list(from.entries());
      if (entries.stream().noneMatch(entry -> isNative(entry.getName()))) {
        Files.copy(jar, copy);
        return;
      }
      try (ZipOutputStream to =
          new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(copy)))) {
        for (ZipEntry entry :
            entries.stream().sorted(Comparator.comparing(ZipEntry::getName)).toList()) {
          try (InputStream in = from.getInputStream(entry)) {
            if (!isNative(entry.getName())) {
              ZipEntry same = new ZipEntry(entry.getName());
              same.setTimeLocal(TIME);
              to.putNextEntry(same);
              in.transferTo(to);
              to.closeEntry();
            } else if (isFor(entry.getName(), platform)) {
              Files.copy(
                  in,
                  natives.resolve(entry.getName().substring(entry.getName().lastIndexOf('/') + 1)));
            }
          }
        }
      }
    }
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
