package dev.spanthrift.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole image is built a second time, in another folder, from the same jars and with the same
 * AOT cache, which alone differs from one training run to the next.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "images are built on Linux")
@Timeout(600)
class ReproducibleImageIT {
  private static final String ARCHITECTURE = ImageProcess.architecture();

  @TempDir Path temp;

  @Test
  void theSecondBuildGivesTheSameArchivesToTheByte() throws Exception {
    Path first = ImageProcess.requireImage().getParent();
    UnpackedImage image = UnpackedImage.of(first.resolve("spanthrift.tar"), temp.resolve("first"));
    Path aot = image.root().resolve("opt/spanthrift/spanthrift.aot");
    ImageBuild.main(
        new String[] {
          "repository=..",
          "target=" + temp.resolve("second"),
          "created=" + image.configuration().path("created").asString(),
          "version="
              + image
                  .index()
                  .at("/manifests/0/annotations/org.opencontainers.image.ref.name")
                  .asString(),
          "aot=" + aot
        });
    // First what says where a difference lies.
    Path tar = temp.resolve("second").resolve(ARCHITECTURE).resolve("spanthrift.tar");
    UnpackedImage again = UnpackedImage.of(tar, temp.resolve("again"));
    assertEquals(image.configuration(), again.configuration());
    assertEquals(image.manifest(), again.manifest());
    for (String name : List.of("spanthrift.tar", "spanthrift-cluster.tar")) {
      Path second = temp.resolve("second").resolve(ARCHITECTURE).resolve(name);
      if (name.equals("spanthrift.tar") || Files.exists(first.resolve(name))) {
        assertTrue(Files.exists(second), name);
        assertArrayEquals(digest(first.resolve(name)), digest(second), name);
      }
    }
  }

  private static byte[] digest(Path file) throws Exception {
    return Digests.sha256().digest(Files.readAllBytes(file));
  }
}
