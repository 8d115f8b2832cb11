package dev.spanthrift.agent.collector.peer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a real Collector 0.161.0 kept of {@link OttlTraces} under each condition, and what we keep.
 *
 * <p>{@code -Dcollector.peer=BINARY} asks it again; with {@code -Dcollector.record=FILE} its
 * answers become the new record.
 */
class OttlVerdictsTest {
  private static final String RECORD = "verdicts/ottl.tsv";

  private static final String GENERATED = "verdicts/ottl-generated.tsv";

  @TempDir Path folder;

  static List<PeerCase> cases() throws IOException {
    List<PeerCase> cases = new ArrayList<>();
    try (InputStream in =
        Objects.requireNonNull(OttlVerdictsTest.class.getResourceAsStream("ottl-conditions.txt"))) {
      String kind = "span";
      String mode = "";
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (line.startsWith("## ")) {
          String[] words = line.substring(3).split(" ");
          kind = words[0];
          mode = words.length > 1 ? words[1] : "";
        } else if (!line.isBlank() && !line.startsWith("# ")) {
          cases.add(PeerCase.ottl(kind, line.strip(), mode));
        }
      }
    }
    return cases;
  }

  /** The same each time. */
  static List<PeerCase> generated() {
    return new OttlGenerator(20_261_130)
        .conditions(400).stream().map(condition -> PeerCase.ottl("span", condition, "")).toList();
  }

  @Test
  void everyGeneratedConditionKeepsTheTracesThatTheCollectorKeeps() {
    Verdicts.compare(GENERATED, folder, generated(), OttlTraces.requests());
  }

  @Test
  @EnabledIfSystemProperty(named = "collector.peer", matches = ".+")
  void theRecordOfGeneratedConditionsIsWhatTheCollectorKeeps() throws Exception {
    Verdicts.record(GENERATED, folder, generated(), OttlTraces.requests());
  }

  @Test
  void everyConditionKeepsTheTracesThatTheCollectorKeeps() throws Exception {
    Verdicts.compare(RECORD, folder, cases(), OttlTraces.requests());
  }

  @Test
  @EnabledIfSystemProperty(named = "collector.peer", matches = ".+")
  void theRecordIsWhatTheCollectorKeeps() throws Exception {
    Verdicts.record(RECORD, folder, cases(), OttlTraces.requests());
  }
}
