package dev.spanthrift.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DockerfileTest {
  @Test
  void saysWhatTheBuildsOwnImageSays() throws Exception {
    LauncherFlags launcher = LauncherFlags.read(Path.of("../spanthrift"));
    assertEquals(
        Dockerfile.of(Entry.SIDECAR, Entry.environment(launcher)),
        Files.readString(Path.of("../Dockerfile")),
        "the first is what should stand there");
  }
}
