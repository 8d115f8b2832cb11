package dev.spanthrift.agent.control.audit;

import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.state.StateFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The audit's lines on disk: appended, forced to the disk, never rewritten; a full file is set
 * aside under the number of its first line.
 *
 * <p>Each line holds the hash of the one before, so that a line that was changed, taken out or
 * moved shows. That the last lines were cut off shows against the head: a file beside it with the
 * last number and hash.
 */
public final class AuditFile {
  public static final String NAME = "audit.jsonl";
  static final String HEAD = "audit.head";

  /** A file that is as long as this is full; about two thousand changes. */
  static final long BYTES_MAX = 1 << 20;

  /** Full files that stay; the oldest goes, and the head says where the chain begins then. */
  static final int FORMER_MAX = 16;

  private static final Pattern FORMER = Pattern.compile("audit-(\\d{12})\\.jsonl");

  private AuditFile() {}

  /** Adds a line; begins another file when this one is full. */
  static void append(Path file, AuditEntry entry, long bytesMax) throws IOException {
    if (Files.exists(file) && Files.size(file) >= bytesMax) {
      Files.move(file, file.resolveSibling(formerName(file)), StandardCopyOption.ATOMIC_MOVE);
    }
    String line = BodyFormat.canonical(entry.json()) + "\n";
    StateFile.append(file, line.getBytes(StandardCharsets.UTF_8));
    List<Path> former = former(file);
    List<Path> leave = former.subList(0, Math.max(0, former.size() - FORMER_MAX));
    Beginning beginning =
        leave.isEmpty() ? Head.read(file).beginning() : beginning(former.get(leave.size()));
    // The head first: files that it leaves out are not read, whether they are gone or not.
    new Head(new End(entry.number(), entry.hash()), beginning).write(file);
    for (Path gone : leave) {
      Files.delete(gone);
    }
  }

  /**
   * Where the chain begins that is still there.
   *
   * @param previous hash of the line before it
   */
  private record Beginning(long number, String previous) {
    static final Beginning OF_ALL = new Beginning(1, AuditEntry.FIRST);
  }

  /** A line that others follow: its number and its hash. */
  record End(long number, String hash) {
    static final End NONE = new End(0, AuditEntry.FIRST);
  }

  /**
   * What the file beside says.
   *
   * @param end the last line; {@link End#NONE} when there is none
   */
  private record Head(End end, Beginning beginning) {
    private static final Head NONE = new Head(End.NONE, Beginning.OF_ALL);

    static Head read(Path file) throws IOException {
      try {
        String[] words = text(Files.readAllBytes(file.resolveSibling(HEAD))).strip().split(" ");
        if (words.length < 2) {
          return NONE;
        }
        End end = new End(Long.parseLong(words[0]), words[1]);
        return words.length < 4
            ? new Head(end, Beginning.OF_ALL)
            : new Head(end, new Beginning(Long.parseLong(words[2]), words[3]));
      } catch (NoSuchFileException | NumberFormatException e) {
        return NONE;
      }
    }

    void write(Path file) throws IOException {
      String begins =
          beginning.equals(Beginning.OF_ALL)
              ? ""
              : " " + beginning.number() + " " + beginning.previous();
      String line = end.number() + " " + end.hash() + begins + "\n";
      StateFile.replace(file.resolveSibling(HEAD), line.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Above all that are there, so that a damaged beginning lets it take the place of none. */
  private static String formerName(Path file) throws IOException {
    List<Path> former = former(file);
    long above = former.isEmpty() ? 1 : firstNumber(former.getLast()) + 1;
    return String.format(
        Locale.ROOT, "audit-%012d.jsonl", Math.max(above, beginning(file).number()));
  }

  /** By the first line that can be read. */
  private static Beginning beginning(Path file) throws IOException {
    try (BufferedReader lines = lines(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (read(line) instanceof ObjectNode entry) {
          return new Beginning(
              entry.path("number").asLong(1), entry.path("previous").asString(AuditEntry.FIRST));
        }
      }
      return Beginning.OF_ALL;
    }
  }

  /** Bytes that are no text become signs that say so: they are damage of their line alone. */
  private static BufferedReader lines(Path file) throws IOException {
    return new BufferedReader(
        new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Those that were full, the oldest first. */
  private static List<Path> former(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> FORMER.matcher(path.getFileName().toString()).matches())
          .sorted()
          .toList();
    }
  }

  private static long firstNumber(Path former) {
    Matcher name = FORMER.matcher(former.getFileName().toString());
    return name.matches() ? Long.parseLong(name.group(1)) : 0;
  }

  /**
   * What a verification found.
   *
   * @param first number of the first line that is still kept
   * @param entries lines read
   * @param faults in words, with the number of their line; empty when all hangs together
   * @param end what the next line follows: the last line, or where the head knows better the one
   *     that the head names, so that lines that were cut off are missed for ever
   */
  public record Findings(long first, long entries, List<String> faults, End end) {
    public Findings {
      faults = List.copyOf(faults);
    }
  }

  /**
   * Reads all of it, former files first, and follows the chain.
   *
   * @throws IOException when a file cannot be read; one that is not there is empty
   */
  public static Findings verify(Path file) throws IOException {
    Head head = Head.read(file);
    Walk walk = new Walk(head.beginning());
    for (Path former : former(file)) {
      if (firstNumber(former) >= head.beginning().number()) {
        walk.follow(former, former.getFileName() + ", line ");
      }
    }
    try {
      walk.follow(file, "line ");
    } catch (NoSuchFileException e) {
      // nothing yet, or nothing since the last one was full
    }
    return walk.end(head);
  }

  /** Goes from line to line. */
  private static final class Walk {
    private final List<String> faults = new ArrayList<>();
    private final long first;
    private End last;
    private long entries;

    Walk(Beginning beginning) {
      first = beginning.number();
      last = new End(first - 1, beginning.previous());
    }

    void follow(Path file, String place) throws IOException {
      long line = 0;
      try (BufferedReader lines = lines(file)) {
        for (String text = lines.readLine(); text != null; text = lines.readLine()) {
          line++;
          entries++;
          JsonNode entry = read(text);
          String fault = fault(entry, last);
          if (fault != null) {
            faults.add(place + line + ": " + fault);
          }
          if (entry instanceof ObjectNode) { // what cannot be read has no hash to follow
            long next = last.number() + 1;
            long number = isWhole(entry) ? entry.path("number").asLong(next) : next;
            last = new End(number, entry.path("hash").asString(""));
          }
        }
      }
    }

    Findings end(Head head) {
      boolean agree = entries == 0 ? head.end().equals(End.NONE) : head.end().equals(last);
      if (!agree) {
        faults.add(
            "the end: the head says "
                + (head.end().equals(End.NONE) ? "nothing" : head.end().number())
                + " entries, the file has "
                + last.number()
                + "; lines were cut off, or the head is not of this file");
      }
      return new Findings(
          first, entries, faults, head.end().number() >= last.number() ? head.end() : last);
    }
  }

  private static JsonNode read(String line) {
    try {
      return BodyFormat.JSON.read(line.getBytes(StandardCharsets.UTF_8));
    } catch (ProblemException e) {
      return MissingNode.getInstance();
    }
  }

  private static boolean isWhole(JsonNode entry) {
    return entry instanceof ObjectNode object
        && AuditEntry.hashOf(object).equals(entry.path("hash").asString(""));
  }

  private static @Nullable String fault(JsonNode entry, End before) {
    if (!(entry instanceof ObjectNode)) {
      return "is no entry";
    }
    if (!isWhole(entry)) {
      return "was changed: its hash is not that of its content";
    }
    if (!before.hash().equals(entry.path("previous").asString(""))) {
      return "does not follow the line before: something was taken out, put in or moved";
    }
    return entry.path("number").asLong(0) == before.number() + 1 ? null : "has another number";
  }
}
