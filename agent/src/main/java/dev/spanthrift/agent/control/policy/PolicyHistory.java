package dev.spanthrift.agent.control.policy;

import dev.spanthrift.agent.config.policy.PolicyCompilation;
import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.control.audit.Author;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.pipeline.PolicyCompiler;
import dev.spanthrift.agent.pipeline.PolicyVersion;
import dev.spanthrift.agent.state.StateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The policies that were in force: who put them there, when and why. The last hundred, and no more
 * than a mebibyte of them; it outlives the process where there is a state directory.
 */
final class PolicyHistory {
  static final String FILE = "policy-history.jsonl";
  static final int VERSIONS_MAX = 100;
  private static final int BYTES_MAX = 1 << 20;
  private static final Logger log = LoggerFactory.getLogger(PolicyHistory.class);

  /**
   * One version.
   *
   * @param who such as {@code token} or {@code configuration}
   */
  record Entry(
      long version, String hash, long atUnixMillis, String who, String reason, JsonNode root) {
    private String line() {
      return BodyFormat.canonical(json()) + "\n";
    }

    private JsonNode json() {
      ObjectNode content = JsonNodeFactory.instance.objectNode();
      content.put("version", version);
      content.put("hash", hash);
      content.put("atUnixMillis", atUnixMillis);
      content.put("who", who);
      content.put("reason", reason);
      content.set("policy", root);
      return content;
    }

    private static Entry of(JsonNode content) {
      JsonNode root = content.path("policy");
      String hash = BodyFormat.hash(root);
      if (!hash.equals(content.path("hash").asString(""))) {
        throw new IllegalArgumentException("content and hash differ");
      }
      return new Entry(
          content.path("version").asLong(),
          hash,
          content.path("atUnixMillis").asLong(),
          content.path("who").asString(""),
          content.path("reason").asString(""),
          root);
    }

    int bytes() {
      return BodyFormat.canonical(root).length();
    }
  }

  private final @Nullable Path file;
  private final PolicyCompiler compiler;
  private final NavigableMap<Long, Entry> entries = new TreeMap<>();
  private final NavigableMap<Long, PolicyVersion> compiled = new TreeMap<>();
  private @Nullable Entry first; // of this process
  private boolean isRead;

  /** Reads nothing yet: a start must not wait for what nobody has asked. */
  PolicyHistory(@Nullable Path stateDirectory, PolicyCompiler compiler) {
    file = stateDirectory == null ? null : stateDirectory.resolve(FILE);
    this.compiler = compiler;
  }

  private static Entry entry(PolicyVersion policy, Author author, long atUnixMillis) {
    return new Entry(
        policy.version(),
        policy.hash(),
        atUnixMillis,
        author.who(),
        author.reason(),
        policy.root());
  }

  /**
   * Takes the version that a process begins with.
   *
   * @param isNew whether no process before had it
   * @throws IOException when it cannot be stored
   */
  synchronized void begin(PolicyVersion policy, boolean isNew, Author author, long atUnixMillis)
      throws IOException {
    compiled.put(policy.version(), policy);
    first = entry(policy, author, atUnixMillis);
    if (isNew && file != null) {
      append(file, first);
    }
  }

  /**
   * Adds a version that is about to be in force.
   *
   * @throws IOException when it cannot be stored; nothing is added then
   */
  synchronized void add(PolicyVersion policy, Author author, long atUnixMillis) throws IOException {
    read();
    NavigableMap<Long, Entry> next = new TreeMap<>(entries);
    next.put(policy.version(), entry(policy, author, atUnixMillis));
    boolean whole = trim(next);
    if (file != null) {
      if (whole) {
        StateFile.replace(file, lines(next));
      } else {
        append(file, next.get(policy.version()));
      }
    }
    entries.clear();
    entries.putAll(next);
    compiled.put(policy.version(), policy);
    compiled.keySet().retainAll(entries.keySet());
  }

  /** Whether something had to go. */
  private static boolean trim(NavigableMap<Long, Entry> all) {
    int before = all.size();
    long bytes = all.values().stream().mapToLong(Entry::bytes).sum();
    while (all.size() > 1 && (all.size() > VERSIONS_MAX || bytes > BYTES_MAX)) {
      bytes -= all.pollFirstEntry().getValue().bytes();
    }
    return all.size() < before;
  }

  private static byte[] lines(NavigableMap<Long, Entry> all) {
    StringBuilder text = new StringBuilder();
    all.values().forEach(entry -> text.append(entry.line()));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void append(Path file, Entry entry) throws IOException {
    StateFile.append(file, entry.line().getBytes(StandardCharsets.UTF_8));
  }

  private void read() {
    if (isRead) {
      return;
    }
    isRead = true;
    if (file != null) {
      readLines(file);
    }
    Entry began = first;
    if (began != null) {
      entries.putIfAbsent(began.version(), began);
    }
  }

  /** The last line of a version counts: it may have been stored twice. A damaged one is skipped. */
  private void readLines(Path from) {
    int damaged = 0;
    try {
      // Bytes that are no text are damage of their line alone.
      String text = new String(Files.readAllBytes(from), StandardCharsets.UTF_8);
      for (String line : text.lines().toList()) {
        try {
          Entry entry = Entry.of(BodyFormat.JSON.read(line.getBytes(StandardCharsets.UTF_8)));
          entries.put(entry.version(), entry);
        } catch (RuntimeException e) {
          damaged++;
        }
      }
    } catch (NoSuchFileException e) {
      return; // nothing was stored yet
    } catch (IOException e) {
      log.warn("policy history {} cannot be read: {}", from, InputFile.reason(e));
    }
    if (damaged > 0) {
      log.warn(
          "policy history {} is damaged: {} of its lines were skipped, {} versions are known",
          from,
          damaged,
          entries.size());
    }
  }

  /** The versions that are known, the oldest first. */
  synchronized List<Entry> entries() {
    read();
    return new ArrayList<>(entries.values());
  }

  synchronized @Nullable Entry entry(long version) {
    read();
    return entries.get(version);
  }

  /** A version, ready to be asked; null when it is not known, or can be used no more. */
  synchronized @Nullable PolicyVersion version(long number) {
    read();
    PolicyVersion ready = compiled.get(number);
    Entry entry = entries.get(number);
    if (ready == null && entry != null) {
      ready =
          switch (compiler.compile(entry.root(), null)) {
            case PolicyCompilation.Compiled(var set, var warnings) ->
                new PolicyVersion(number, entry.hash(), entry.root(), set);
            case PolicyCompilation.Invalid invalid -> null;
          };
      if (ready != null) {
        compiled.put(number, ready);
      }
    }
    return ready;
  }
}
