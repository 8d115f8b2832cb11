package dev.spanthrift.kubernetes.injection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/INJECTION.md says what the code does: every annotation and every reason has its row. */
class InjectionPageTest {
  private static List<String> rows(String begin) throws Exception {
    Path page = Path.of("").toAbsolutePath().resolveSibling("docs/INJECTION.md");
    return Files.readAllLines(page).stream().filter(line -> line.startsWith(begin)).toList();
  }

  @Test
  void everyAnnotationHasItsRow() throws Exception {
    List<String> rows =
        Stream.of(PodOption.values())
            .map(o -> "| `" + o.key() + "` | " + o.sentence() + " | " + o.byDefault() + " |")
            .toList();
    assertEquals(rows, rows("| `spanthrift.dev/"));
  }

  @Test
  void everyReasonHasItsRow() throws Exception {
    for (SkipReason reason : SkipReason.values()) {
      String lack = reason.isLack() ? "yes" : "no";
      String row = "| `" + reason.word() + "` | " + reason.sentence() + " | " + lack + " |";
      assertTrue(rows("| `" + reason.word() + "`").contains(row), row);
    }
  }
}
