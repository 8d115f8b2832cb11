package dev.spanthrift.image;

import java.util.Locale;

/** A processor that an image is for, and how OCI, the Linux loader and our libraries call it. */
enum Platform {
  AMD64("amd64", "x86_64", "lib64/ld-linux-x86-64.so.2", "amd64"),
  ARM64("arm64", "aarch_64", "lib/ld-linux-aarch64.so.1", "aarch64");

  /** In OCI's words. */
  final String architecture;

  /** In names of Netty's native libraries. */
  final String netty;

  /** Where every program of the platform asks for its loader, from the root. */
  final String loader;

  /** In paths of zstd's native libraries, and in {@code os.arch}. */
  final String zstd;

  Platform(String architecture, String netty, String loader, String zstd) {
    this.architecture = architecture;
    this.netty = netty;
    this.loader = loader;
    this.zstd = zstd;
  }

  /** Of the machine that builds; images run where there is Linux, so they are built there. */
  static Platform ofThisMachine() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String processor = System.getProperty("os.arch", "");
    for (Platform platform : values()) {
      if (system.equals("linux") && processor.equals(platform.zstd)) {
        return platform;
      }
    }
    throw new ImageException(
        "images are built on Linux, amd64 or arm64; this is " + system + " on " + processor);
  }
}
