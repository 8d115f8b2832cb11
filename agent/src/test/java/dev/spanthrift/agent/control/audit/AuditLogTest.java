package dev.spanthrift.agent.control.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.control.http.JsonDifference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.StringNode;

/** What was changed afterwards shows: cut, edited, taken out, put in, moved. */
class AuditLogTest {
  private static final Author ANN = new Author("token:admin", "incident 7", "r1");

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void write() {
    file = directory.resolve(AuditFile.NAME);
    AuditLog log = new AuditLog(directory, () -> 1_700_000_000_000L);
    for (int i = 1; i <= 5; i++) {
      log.append(ANN, "policy.put", "" + i, "" + (i + 1), List.of());
    }
  }

  private List<String> faults() throws IOException {
    return AuditFile.verify(file).faults();
  }

  private List<String> lines() throws IOException {
    return new ArrayList<>(Files.readAllLines(file));
  }

  private void assertFault(String words) throws IOException {
    List<String> faults = faults();
    assertTrue(faults.stream().anyMatch(fault -> fault.contains(words)), faults::toString);
  }

  @Test
  void whatNobodyTouchedHangsTogether() throws Exception {
    AuditFile.Findings verdict = AuditFile.verify(file);
    assertEquals(5, verdict.entries());
    assertEquals(List.of(), verdict.faults());
    assertTrue(lines().getFirst().contains("\"reason\":\"incident 7\""), lines()::toString);
  }

  @Test
  void aChangedLineShows() throws Exception {
    Files.writeString(file, Files.readString(file).replaceFirst("incident 7", "incident 8"));
    assertFault("line 1: was changed");
  }

  @Test
  void aLineThatWasChangedAndSealedAnewShowsInTheNextOne() throws Exception {
    List<String> lines = lines();
    AuditLog other = new AuditLog(directory.resolve("other"), () -> 1L);
    other.append(ANN, "policy.put", "1", "2", List.of());
    lines.set(0, Files.readAllLines(directory.resolve("other").resolve(AuditFile.NAME)).getFirst());
    Files.write(file, lines);
    assertFault("line 2: does not follow");
  }

  @Test
  void aLineThatWasTakenOutShows() throws Exception {
    List<String> lines = lines();
    lines.remove(2);
    Files.write(file, lines);
    assertFault("line 3: does not follow");
  }

  @Test
  void linesThatWereMovedShow() throws Exception {
    List<String> lines = lines();
    Collections.swap(lines, 1, 2);
    Files.write(file, lines);
    assertFault("line 2: does not follow");
  }

  @Test
  void aCutEndShows() throws Exception {
    Files.write(file, lines().subList(0, 3));
    assertFault("the head says 5 entries, the file has 3");
    Files.delete(file);
    assertFault("the head says 5 entries, the file has 0");
  }

  @Test
  void whatIsNoEntryShows() throws Exception {
    List<String> lines = lines();
    lines.add(2, "hello");
    Files.write(file, lines);
    assertEquals(List.of("line 3: is no entry"), faults());
  }

  @Test
  void theNextProcessGoesOnWhereTheLastOneEnded() throws Exception {
    AuditLog next = new AuditLog(directory, () -> 1_700_000_001_000L);
    next.append(ANN, "kill-switch.put", "off", "keep-all", List.of());
    assertEquals(List.of(), faults());
    assertEquals(6, next.size());
    assertEquals(6, next.lately(Long.MAX_VALUE, 10).getFirst().number());
  }

  @Test
  void linesThatWereCutOffAreMissedWhenTheNextProcessGoesOn() throws Exception {
    Files.write(file, lines().subList(0, 3));
    AuditLog next = new AuditLog(directory, () -> 1_700_000_001_000L);
    next.append(ANN, "kill-switch.put", "off", "keep-all", List.of());
    next.append(ANN, "kill-switch.put", "keep-all", "off", List.of());
    assertEquals(7, next.size());
    assertEquals(List.of("line 4: does not follow"), shortened(faults()));
  }

  @Test
  void aLastLineThatWasSealedAnewShowsWhenTheNextProcessGoesOn() throws Exception {
    Path other = directory.resolve("other");
    Files.createDirectories(other);
    Files.write(other.resolve(AuditFile.NAME), lines().subList(0, 4));
    new AuditLog(other, () -> 1L).append(ANN, "policy.put", "5", "9", List.of());
    Files.copy(other.resolve(AuditFile.NAME), file, StandardCopyOption.REPLACE_EXISTING);
    assertFault("the end");
    new AuditLog(directory, () -> 2L).append(ANN, "policy.put", "6", "7", List.of());
    assertEquals(List.of("line 6: does not follow"), shortened(faults()));
  }

  @Test
  void halfALineOfAPowerCutTakesNoOtherWithIt() throws Exception {
    Files.writeString(file, "{\"action\":\"kill-sw", StandardOpenOption.APPEND);
    AuditLog next = new AuditLog(directory, () -> 1_700_000_001_000L);
    next.append(ANN, "kill-switch.put", "off", "keep-all", List.of());
    next.append(ANN, "kill-switch.put", "keep-all", "off", List.of());
    assertEquals(7, next.size());
    assertEquals(List.of("line 6: is no entry"), faults());
    assertTrue(lines().get(6).contains("\"number\":6"), lines()::toString);
  }

  @Test
  void bytesThatAreNoTextAreDamageOfTheirLineAlone() throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    bytes[new String(bytes, StandardCharsets.UTF_8).indexOf("incident 7")] = (byte) 0xff;
    Files.write(file, bytes);
    assertFault("line 1: was changed");
    AuditLog next = new AuditLog(directory, () -> 2L);
    next.append(ANN, "policy.put", "6", "7", List.of());
    assertEquals(6, next.size());
    assertEquals(1, faults().size());
  }

  /**
   * What cannot be read now may be there in a moment; a chain begun anew would be there for ever.
   */
  @Test
  void whatCannotBeReadIsNotGoneOnWith() throws Exception {
    Path aside = Files.move(file, directory.resolve("aside"));
    Files.createDirectories(file); // reading it is an error, whoever asks
    AuditLog next = new AuditLog(directory, () -> 2L);
    assertEquals(0, next.size());
    assertThrows(
        UncheckedIOException.class, () -> next.append(ANN, "policy.put", "6", "7", List.of()));
    Files.delete(file);
    Files.move(aside, file);
    next.append(ANN, "policy.put", "6", "7", List.of());
    assertEquals(6, next.size());
    assertEquals(List.of(), faults());
  }

  @Test
  void aFileWithADamagedBeginningTakesThePlaceOfNoOther() throws Exception {
    fillFiles(12);
    String oldest = Files.readString(formerFiles().getFirst());
    Files.write(file, new byte[3_000]); // full, and no line of it can be read
    AuditLog next = new AuditLog(directory.resolve("many"), () -> 1L, 2_000);
    next.append(ANN, "policy.put", "12", "13", List.of());
    assertEquals(oldest, Files.readString(formerFiles().getFirst()));
    assertEquals(13, next.size());
    assertFault(formerFiles().getLast().getFileName() + ", line 1: is no entry");
  }

  private static List<String> shortened(List<String> faults) {
    return faults.stream().map(fault -> fault.replaceFirst(" the line before:.*", "")).toList();
  }

  private void fillFiles(int lines) throws IOException {
    AuditLog log = new AuditLog(directory.resolve("many"), () -> 1L, 2_000);
    for (int i = 0; i < lines; i++) {
      log.append(ANN, "policy.put", "" + i, "" + (i + 1), List.of());
    }
    file = directory.resolve("many").resolve(AuditFile.NAME);
  }

  private List<Path> formerFiles() throws IOException {
    try (var all = Files.list(file.getParent())) {
      return all.filter(path -> path.getFileName().toString().startsWith("audit-"))
          .sorted()
          .toList();
    }
  }

  @Test
  void theChainGoesOnFromFileToFile() throws Exception {
    fillFiles(40);
    assertTrue(formerFiles().size() >= 3, formerFiles()::toString);
    assertTrue(Files.size(file) < 4_000);
    AuditFile.Findings verdict = AuditFile.verify(file);
    assertEquals(List.of(), verdict.faults());
    assertEquals(40, verdict.entries());
    AuditLog next = new AuditLog(directory.resolve("many"), () -> 1L);
    assertEquals(40, next.size());
    next.append(ANN, "policy.put", "40", "41", List.of());
    assertEquals(List.of(), faults());
    Path second = formerFiles().get(1);
    String text = Files.readString(second);
    Files.writeString(second, text.replaceFirst("incident 7", "incident 8"));
    assertFault(second.getFileName() + ", line 1: was changed");
    Files.delete(second);
    assertFault(formerFiles().get(1).getFileName() + ", line 1: does not follow");
  }

  @Test
  void theOldestFilesLeaveAndTheHeadSaysWhereItBegins() throws Exception {
    fillFiles(250);
    assertEquals(AuditFile.FORMER_MAX, formerFiles().size());
    AuditFile.Findings verdict = AuditFile.verify(file);
    assertEquals(List.of(), verdict.faults());
    assertTrue(verdict.first() > 1, "first " + verdict.first());
    assertEquals(250, verdict.first() - 1 + verdict.entries());
    assertEquals(250, new AuditLog(directory.resolve("many"), () -> 1L).size());
    Files.delete(formerFiles().getFirst());
    assertFault("line 1: does not follow");
  }

  @Test
  void whatCannotBeStoredIsSaidBeforeAnythingChanges() throws Exception {
    Path folder = Files.writeString(directory.resolve("file"), "");
    AuditLog log = new AuditLog(folder, () -> 1L);
    assertThrows(
        UncheckedIOException.class, () -> log.append(ANN, "policy.put", "1", "2", List.of()));
    assertEquals(0, log.size());
  }

  @Test
  void aLineWhoseHeadCouldNotBeWrittenDoesNotBreakTheChain() throws Exception {
    AuditLog log = new AuditLog(directory, () -> 1_700_000_001_000L);
    log.append(ANN, "policy.put", "6", "7", List.of());
    Path head = directory.resolve(AuditFile.HEAD);
    Files.delete(head);
    Files.createDirectories(head.resolve("in its place"));
    assertThrows(
        UncheckedIOException.class, () -> log.append(ANN, "policy.put", "7", "8", List.of()));
    Files.delete(head.resolve("in its place"));
    Files.delete(head);
    log.append(ANN, "policy.put", "7", "9", List.of());
    assertEquals(List.of(), faults());
  }

  @Test
  void largePoliciesMakeNoLargeEntries() throws Exception {
    AuditLog log = new AuditLog(null, () -> 1L);
    StringNode large = StringNode.valueOf("x".repeat(200_000));
    StringNode small = StringNode.valueOf("y".repeat(1_000));
    List<JsonDifference> diff = new ArrayList<>();
    diff.add(new JsonDifference("/policies/0", small, large));
    for (int i = 1; i < 100; i++) {
      diff.add(new JsonDifference("/policies/" + i, small, small));
    }
    for (int i = 0; i < 300; i++) {
      log.append(ANN, "policy.put", null, "" + i, diff);
    }
    List<AuditEntry> lately = log.lately(Long.MAX_VALUE, 1_000);
    assertTrue(lately.getFirst().bytes() < 20_000, "" + lately.getFirst().bytes());
    assertTrue(String.valueOf(lately.getFirst().diff().getFirst().sent()).contains("200002"));
    long all = lately.stream().mapToLong(AuditEntry::bytes).sum();
    assertTrue(all <= AuditLog.LATELY_BYTES_MAX && lately.size() > 100, "" + all);
    assertEquals(300, log.size());
  }

  @Test
  void withoutADirectoryTheLastOnesAreInMemory() {
    AuditLog log = new AuditLog(null, () -> 1L);
    for (int i = 0; i < AuditLog.LATELY_MAX + 10; i++) {
      log.append(ANN, "policy.put", null, "" + i, List.of());
    }
    assertEquals(AuditLog.LATELY_MAX, log.lately(Long.MAX_VALUE, 10_000).size());
    assertEquals(AuditLog.LATELY_MAX + 10, log.size());
  }
}
