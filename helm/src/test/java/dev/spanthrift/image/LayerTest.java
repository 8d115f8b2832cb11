package dev.spanthrift.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("changes what all of the process sees")
class LayerTest {
  @TempDir Path temp;

  private String digest(String name, String text, long time) throws IOException {
    Path root = Files.createDirectories(temp.resolve(name));
    ImageFolder folder = new ImageFolder(root);
    folder.basics();
    folder.write("opt/java/bin/java", text);
    for (Path path : folder.below("")) {
      Files.setLastModifiedTime(path, FileTime.fromMillis(time));
    }
    Path blobs = Files.createDirectories(temp.resolve("blobs"));
    return Layer.pack("all", folder, folder.below("").stream().skip(1).toList(), blobs).digest();
  }

  @Test
  void theSameFilesGiveTheSameBytesWhoeverMadeThemWhereAndWhen() throws Exception {
    String one = digest("one", "text", 1_000_000_000_000L);
    String user = System.getProperty("user.name");
    try {
      System.setProperty("user.name", "somebody-else");
      assertEquals(one, digest("other/folder", "text", 1_700_000_000_000L));
    } finally {
      System.setProperty("user.name", user);
    }
    assertNotEquals(one, digest("third", "other text", 1_000_000_000_000L));
  }
}
