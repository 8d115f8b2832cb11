package dev.spanthrift.image;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A processor that an image is for, and how OCI, the Linux loader and our libraries call it. */
enum Platform {
  AMD64("amd64", "x86_64", "amd64"),
  ARM64("arm64", "aarch_64", "aarch64");

  /** In OCI's words. */
  final String architecture;

  /** In names of Netty's native libraries. */
  final String netty;

  /** In paths of zstd's native libraries, and in {@code os.arch}. */
  final String zstd;

  Platform(String architecture, String netty, String zstd) {
    this.architecture = architecture;
    this.netty = netty;
    this.zstd = zstd;
  }

  /**
   * Of the machine that builds; null where no image can be made, as images are made of its files.
   */
  static @Nullable Platform ofThisMachine() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String processor = System.getProperty("os.arch", "");
    for (Platform platform : values()) {
      if (system.equals("linux") && processor.equals(platform.zstd)) {
        return platform;
      }
    }
    return null;
  }
}
