package dev.spanthrift.agent.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.spanthrift.agent.launch.MemoryClaim.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each question is put to the launcher's script too: both give the same flags and the same words.
 */
@DisabledOnOs(OS.WINDOWS)
@Timeout(120)
class MemoryClaimTest {
  private static final Path SCRIPT = Path.of("").toAbsolutePath().getParent().resolve("spanthrift");

  @TempDir Path temp;
  private final Map<String, String> environment = new HashMap<>();
  private Path root;

  private record Answer(int code, List<String> flags, String said) {}

  /** A machine with a Java that prints what it is started with, and an installation beside. */
  @BeforeEach
  void machine() throws IOException {
    root = Files.createDirectories(temp.resolve("root"));
    Path java = Files.createDirectories(temp.resolve("jdk/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    java.toFile().setExecutable(true);
    Files.writeString(temp.resolve("jdk/release"), "JAVA_VERSION=\"25\"\n");
    Files.createDirectories(temp.resolve("home/agent/target"));
    Files.copy(SCRIPT, temp.resolve("home/spanthrift"));
    Files.writeString(temp.resolve("home/agent/target/spanthrift.jar"), "");
  }

  private Answer launcher() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", temp.resolve("home/spanthrift").toString(), "run");
    builder.environment().keySet().removeIf(name -> name.startsWith("SPANTHRIFT_"));
    builder.environment().putAll(environment);
    builder.environment().put("SPANTHRIFT_AOT", "off");
    builder.environment().put("SPANTHRIFT_JAVA_HOME", temp.resolve("jdk").toString());
    builder.environment().put("SPANTHRIFT_ROOT_DIR", root.toString());
    Path out = temp.resolve("out");
    Path err = temp.resolve("err");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    assertEquals(true, process.waitFor(60, TimeUnit.SECONDS));
    List<String> words = Files.readAllLines(out);
    int begin =
        words.indexOf(words.stream().filter(MemoryClaimTest::isMemory).findFirst().orElse(""));
    int end = words.indexOf("-jar");
    List<String> flags =
        begin < 0
            ? List.of()
            : words.subList(begin, end).stream()
                .filter(word -> !word.startsWith("-Dspanthrift.aot"))
                .toList();
    return new Answer(process.exitValue(), flags, Files.readString(err).strip());
  }

  private static boolean isMemory(String word) {
    return word.startsWith("-Dspanthrift.memory=");
  }

  private MemoryClaim claim() throws RefusedException {
    return MemoryClaim.of(environment, root);
  }

  private void limit(String file, String text) throws IOException {
    Files.createDirectories(root.resolve(file).getParent());
    Files.writeString(root.resolve(file), text);
  }

  private void assertBothGiveTheSame(String words) throws Exception {
    Answer answer = launcher();
    assertEquals(0, answer.code(), answer.said());
    MemoryClaim claim = claim();
    assertEquals(answer.flags(), claim.flags(), words);
    assertEquals(
        answer.said(), claim.warning() == null ? "" : "spanthrift: " + claim.warning(), words);
  }

  @Test
  void sizesOfAnyUnit() throws Exception {
    for (String size :
        List.of(
            "176Mi", "256Mi", "300M", "268435456", "262144Ki", "1Gi", "2GiB", "1000000k", "3GB")) {
      environment.put("SPANTHRIFT_MEMORY", size);
      assertBothGiveTheSame(size);
    }
  }

  @Test
  void nothingSaidIsASidecarOrAGateway() throws Exception {
    assertBothGiveTheSame("sidecar");
    assertEquals(MemoryClaim.usual(), claim());
    environment.put("SPANTHRIFT_ROLE", "gateway");
    assertBothGiveTheSame("gateway");
    assertEquals(1024, claim().memory());
  }

  @Test
  void theContainersLimitOfEitherCgroup() throws Exception {
    limit("sys/fs/cgroup/memory/memory.limit_in_bytes", "536870912\n");
    assertBothGiveTheSame("v1");
    assertEquals(512, claim().memory());
    limit("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    assertBothGiveTheSame("v1 without a limit");
    limit("sys/fs/cgroup/memory.max", "max\n");
    assertBothGiveTheSame("v2 without a limit");
    limit("sys/fs/cgroup/memory.max", "314572800\n");
    assertBothGiveTheSame("v2");
    assertNull(claim().warning());
    limit("sys/fs/cgroup/memory.max", "134217728\n");
    assertBothGiveTheSame("too low, and said");
    assertNotNull(claim().warning());
  }

  @Test
  void optionsOfTheUserComeLastAndTheirHeapWins() throws Exception {
    environment.put("SPANTHRIFT_JAVA_OPTS", "-verbose:gc  -Da=b");
    assertBothGiveTheSame("options");
    environment.put("SPANTHRIFT_JAVA_OPTS", "-Xmx100m");
    assertBothGiveTheSame("-Xmx");
    environment.put("SPANTHRIFT_JAVA_OPTS", "-XX:MaxRAMPercentage=30");
    assertBothGiveTheSame("percentage");
  }

  @Test
  void refusesInTheSameWords() throws Exception {
    for (String size : List.of("much", "256Mb", "-5", "100Mi", "12345678901234567890")) {
      environment.put("SPANTHRIFT_MEMORY", size);
      Answer answer = launcher();
      assertEquals(1, answer.code(), size);
      RefusedException refused = assertThrows(RefusedException.class, this::claim, size);
      assertEquals(answer.said(), "spanthrift: " + refused.getMessage(), size);
    }
  }
}
