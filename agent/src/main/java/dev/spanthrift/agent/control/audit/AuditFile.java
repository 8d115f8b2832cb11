package dev.spanthrift.agent.control.audit;

import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.state.StateFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The audit's lines on disk: appended, forced to the disk, never rewritten.
 *
 * <p>Each line holds the hash of the one before, so that a line that was changed, taken out or
 * moved shows. That the last lines were cut off shows against the head: a file beside it with the
 * last number and hash.
 */
public final class AuditFile {
  public static final String NAME = "audit.jsonl";
  static final String HEAD = "audit.head";

  private AuditFile() {}

  static void append(Path file, AuditEntry entry) throws IOException {
    String line = BodyFormat.canonical(entry.json()) + "\n";
    StateFile.append(file, line.getBytes(StandardCharsets.UTF_8));
    String head = entry.number() + " " + entry.hash() + "\n";
    StateFile.replace(file.resolveSibling(HEAD), head.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * What a verification found.
   *
   * @param entries read
   * @param faults in words, with the number of their line; empty when all hangs together
   * @param last the last line, as a JSON object; null when there is none
   */
  public record Verdict(long entries, List<String> faults, @Nullable JsonNode last) {
    public Verdict {
      faults = List.copyOf(faults);
    }
  }

  /**
   * Reads all of it and follows the chain.
   *
   * @throws IOException when the file cannot be read; one that is not there is empty
   */
  public static Verdict verify(Path file) throws IOException {
    List<String> faults = new ArrayList<>();
    String expected = AuditEntry.FIRST;
    long number = 0;
    JsonNode last = null;
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        JsonNode entry = read(line);
        String fault = fault(entry, number, expected);
        if (fault != null) {
          faults.add("line " + number + ": " + fault);
        }
        last = entry;
        expected = entry.path("hash").asString("");
      }
    } catch (NoSuchFileException e) {
      number = 0;
    }
    String head = head(file.resolveSibling(HEAD));
    String found = last == null ? "" : last.path("number").asLong() + " " + expected;
    if (!head.equals(found)) {
      faults.add(
          "the end: the head says "
              + (head.isEmpty() ? "nothing" : head.split(" ", 2)[0])
              + " entries, the file has "
              + number
              + "; lines were cut off, or the head is not of"
              + " this file");
    }
    return new Verdict(number, faults, last);
  }

  private static JsonNode read(String line) {
    try {
      return BodyFormat.JSON.read(line.getBytes(StandardCharsets.UTF_8));
    } catch (ProblemException e) {
      return MissingNode.getInstance();
    }
  }

  private static @Nullable String fault(JsonNode entry, long number, String previous) {
    if (!(entry instanceof ObjectNode object)) {
      return "is no entry";
    }
    if (!AuditEntry.hashOf(object).equals(entry.path("hash").asString(""))) {
      return "was changed: its hash is not that of its content";
    }
    if (!previous.equals(entry.path("previous").asString(""))) {
      return "does not follow the line before: something was taken out, put in or moved";
    }
    return entry.path("number").asLong() == number ? null : "has another number";
  }

  private static String head(Path file) throws IOException {
    try {
      return Files.readString(file, StandardCharsets.UTF_8).strip();
    } catch (NoSuchFileException e) {
      return "";
    }
  }
}
