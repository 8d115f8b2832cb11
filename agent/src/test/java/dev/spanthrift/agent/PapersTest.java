package dev.spanthrift.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Papers that comments and documents name stand in the repository, and so do the rows they cite.
 */
class PapersTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Pattern PAPER = Pattern.compile("[\\w./-]*\\w\\.md\\b");
  private static final Pattern CITED =
      Pattern.compile("pecs(?:\\.md)? ((?:[A-Z]?\\d+[A-Z]?(?:, |–| to )?)+)");
  private static final Pattern ROW = Pattern.compile("[A-Z]\\d+|\\d[A-Z]");
  private static final Set<String> FOLDERS =
      Set.of("target", ".git", "models"); // price lists name vendors' papers

  @Test
  void noTextNamesAPaperThatIsNotHere() throws Exception {
    List<String> absent = new ArrayList<>();
    eachLine(
        (file, line) ->
            each(
                PAPER,
                line,
                name -> {
                  if (!stands(file, name)) {
                    absent.add(ROOT.relativize(file) + ": " + name);
                  }
                }));
    assertEquals(List.of(), absent);
  }

  @Test
  void everyRowOfTheChecklistThatIsCitedIsThere() throws Exception {
    String checklist = Files.readString(ROOT.resolve("docs/specs.md"));
    List<String> absent = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    eachLine(
        (file, line) ->
            each(
                CITED,
                line,
                rows ->
                    each(
                        ROW,
                        rows,
                        row -> {
                          seen.add(row);
                          boolean known =
                              checklist.contains("**" + row + "**")
                                  || checklist.contains("| " + row + " |")
                                  || checklist.contains("### " + row + ".");
                          if (!known) {
                            absent.add(ROOT.relativize(file) + ": " + row);
                          }
                        })));
    assertEquals(List.of(), absent);
    assertTrue(seen.size() > 30, "rows cited: " + seen);
  }

  /** A name with a folder that we do not have is another project's, named beside it. */
  private static boolean stands(Path file, String name) {
    boolean ours = !name.contains("/") || name.matches("(docs|helm|bench|shared|\\.\\.)/.*");
    return !ours
        || Files.exists(ROOT.resolve(name))
        || Files.exists(file.resolveSibling(name))
        || Files.exists(ROOT.resolve("docs").resolve(name));
  }

  private interface Line {
    void at(Path file, String line);
  }

  private static void eachLine(Line reader) throws Exception {
    for (Path file : texts()) {
      for (String line : Files.readAllLines(file)) {
        reader.at(file, line);
      }
    }
  }

  private static void each(Pattern pattern, String text, Consumer<String> found) {
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      found.accept(matcher.groupCount() > 0 ? matcher.group(1) : matcher.group());
    }
  }

  private static List<Path> texts() throws Exception {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(PapersTest::isOurs)
          .filter(file -> file.toString().matches(".*\\.(java|md|yaml|schema|js)"))
          .toList();
    }
  }

  private static boolean isOurs(Path file) {
    for (Path part : ROOT.relativize(file)) {
      if (FOLDERS.contains(part.toString())) {
        return false;
      }
    }
    return Files.isRegularFile(file);
  }
}
