package dev.spanthrift.agent.collector.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The list for people is the one that the readers ask. */
class CollectorDocumentTest {
  private static final Path ROOT = Path.of("..");
  private static final Path FILE = ROOT.resolve("docs/COLLECTOR.md");

  @Test
  void listsWhatIsCarriedOverRefusedAndWarnedAbout() throws Exception {
    if (Boolean.getBoolean("format.apply")) {
      Files.writeString(FILE, CollectorDocument.text());
    }
    assertEquals(CollectorDocument.text(), Files.readString(FILE), "run with -Dformat.apply=true");
  }

  @Test
  void theReadmeNamesIt() throws Exception {
    assertTrue(Files.readString(ROOT.resolve("README.md")).contains("docs/COLLECTOR.md"));
  }
}
