package dev.spanthrift.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherFlagsTest {
  @TempDir Path temp;

  @Test
  void readsWhatTheLauncherReallyUses() throws Exception {
    LauncherFlags flags = LauncherFlags.read(Path.of("../spanthrift"));
    assertTrue(
        flags
            .flags()
            .containsAll(
                List.of(
                    "-XX:+UseSerialGC",
                    "-Xms12m",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED")),
        flags.toString());
    assertEquals(
        Map.of("MALLOC_ARENA_MAX", "1", "MALLOC_MMAP_THRESHOLD_", "30000"), flags.environment());
  }

  @Test
  void aLauncherInOtherWordsIsNotGuessedAt() throws Exception {
    Path other = Files.writeString(temp.resolve("spanthrift"), "JVM_FLAGS='-Xint'\n");
    assertThrows(ImageException.class, () -> LauncherFlags.read(other));
  }
}
