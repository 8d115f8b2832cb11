package dev.spanthrift.exporter;

import com.github.luben.zstd.util.Native;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether zstd can be used in this process: its native code is unpacked into the folder for
 * temporary files and run from there, which a read-only root or a mount without exec forbids.
 *
 * <p>Whoever wants zstd asks here first, and does without it otherwise.
 */
public final class ZstdLibrary {
  private static final @Nullable String REFUSAL = refused();

  private ZstdLibrary() {}

  public static boolean isAvailable() {
    return REFUSAL == null;
  }

  /** Why it cannot be used, and what would help; empty when it can. */
  public static Optional<String> refusal() {
    return Optional.ofNullable(REFUSAL);
  }

  private static @Nullable String refused() {
    try {
      Native.load();
      return null;
    } catch (LinkageError | RuntimeException e) {
      String folder = System.getProperty("java.io.tmpdir", "/tmp");
      return "zstd is off, because its native code cannot be unpacked into "
          + folder
          + " and run from there; mount a folder there that is writable and not noexec (docker run"
          + " --tmpfs "
          + folder
          + ":exec, an emptyDir in Kubernetes)";
    }
  }
}
