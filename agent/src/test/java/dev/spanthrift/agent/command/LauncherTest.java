package dev.spanthrift.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.settings.MemoryPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code ./spanthrift}, with JDKs and a Maven that are nothing but small scripts. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(60)
class LauncherTest {
  private static final Path SCRIPT = Path.of("").toAbsolutePath().getParent().resolve("spanthrift");

  @TempDir Path temp;
  private Path root;
  private Path home;
  private Path tools;
  private final Map<String, String> environment = new HashMap<>();

  private record Result(int code, String out, String err, long pid) {}

  /** A machine without any JDK, and a clone of the repository with a jar that is up to date. */
  @BeforeEach
  void machine() throws Exception {
    root = Files.createDirectories(temp.resolve("machine root"));
    home = Files.createDirectories(temp.resolve("home of user"));
    tools = Files.createDirectory(temp.resolve("tools"));
    for (String tool :
        List.of(
            "sed",
            "head",
            "find",
            "readlink",
            "dirname",
            "touch",
            "cat",
            "sh",
            "uname",
            "cksum",
            "tr",
            "ls",
            "mkdir",
            "rmdir",
            "mv",
            "rm",
            "sleep",
            "nice")) {
      for (String folder : List.of("/bin/", "/usr/bin/")) {
        Path real = Path.of(folder + tool);
        if (Files.exists(real) && !Files.exists(tools.resolve(tool))) {
          Files.createSymbolicLink(tools.resolve(tool), real);
        }
      }
    }
    environment.put("PATH", tools.toString());
    environment.put("HOME", home.toString());
    environment.put("SPANTHRIFT_ROOT_DIR", root.toString());
    environment.put("SPANTHRIFT_AOT", "off");
    Path clone = Files.createDirectories(temp.resolve("the clone"));
    Files.copy(SCRIPT, clone.resolve("spanthrift"));
    for (String module : List.of("", "sampler/", "exporter/", "agent/", "helm/")) {
      Files.createDirectories(clone.resolve(module + "src/main"));
      source(clone.resolve(module + "pom.xml"));
    }
    Files.createDirectories(clone.resolve("agent/target"));
    Files.writeString(clone.resolve("agent/target/spanthrift.jar"), "");
  }

  @Test
  void theClustersVerbsRunFromBothJarsAndAllOthersFromTheSidecarsAlone() throws Exception {
    jdk(root.resolve("opt/jdk"), "25");
    Path clone = temp.resolve("the clone");
    Files.createDirectories(clone.resolve("helm/target"));
    Files.writeString(clone.resolve("helm/target/spanthrift-cluster.jar"), "");
    for (String verb : List.of("injector", "inject", "controller")) {
      List<String> lines = launch(verb, "--help").out().lines().toList();
      int at = lines.indexOf("-cp");
      assertTrue(at > 0, verb);
      assertEquals(
          clone.resolve("agent/target/spanthrift.jar")
              + ":"
              + clone.resolve("helm/target/spanthrift-cluster.jar"),
          lines.get(at + 1));
      assertEquals(
          List.of("dev.spanthrift.kubernetes.Cluster", verb, "--help"),
          lines.subList(at + 2, lines.size()));
    }
    assertFalse(launch("run").out().contains("cluster"), "never on the sidecar's class path");
  }

  @Test
  void buildsTheClustersModuleOnlyForItsVerbs() throws Exception {
    jdk(root.resolve("opt/jdk"), "25");
    Path clone = temp.resolve("the clone");
    String made = clone.resolve("helm/target") + "";
    script(
        tools.resolve("mvn"),
        "echo \"$@\" >&2\nmkdir -p '" + made + "'\n: >'" + made + "/spanthrift-cluster.jar'\n");
    assertFalse(launch("run").err().contains("-pl"), "the sidecar's jar is up to date");
    Result first = launch("inject");
    assertTrue(first.err().contains("-pl helm -am package"), first.err());
    assertEquals(0, first.code(), first.err());
    assertFalse(launch("inject").err().contains("-pl"), "it is built now");
  }

  private static void source(Path file) throws IOException {
    Files.writeString(file, "<project/>");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
  }

  private Path script(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
    Files.deleteIfExists(file); // a link to a tool of the machine must not be written through
    Files.writeString(file, "#!/bin/sh\n" + body);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }

  /** A JDK that prints its pid and its arguments. */
  private Path jdk(Path folder, String version) throws IOException {
    script(folder.resolve("bin/java"), "echo $$\nfor a in \"$@\"; do echo \"$a\"; done\n");
    script(folder.resolve("bin/javac"), "");
    Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return folder;
  }

  private Result launch(String... arguments) throws Exception {
    Path script = temp.resolve("the clone/spanthrift");
    List<String> command = new java.util.ArrayList<>(List.of("/bin/sh", script.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes());
    String err = new String(process.getErrorStream().readAllBytes());
    return new Result(process.waitFor(), out.strip(), err.strip(), process.pid());
  }

  @Test
  void saysWhatToInstallWhenThereIsNoJdk() throws Exception {
    jdk(root.resolve("usr/lib/jvm/java-17"), "17.0.15");
    Result result = launch("help");
    assertEquals(1, result.code());
    assertEquals("", result.out());
    assertTrue(result.err().contains("no JDK 25 or newer found"), result.err());
    assertTrue(result.err().contains("apt install"), result.err());
    assertTrue(result.err().contains("brew install"), result.err());
  }

  @Test
  void mallocHasOneArenaAndGivesBlocksBackUnlessTheUserSaysOtherwise() throws Exception {
    Path java = jdk(root.resolve("usr/lib/jvm/java-25"), "25.0.1").resolve("bin/java");
    script(java, "echo $MALLOC_ARENA_MAX $MALLOC_MMAP_THRESHOLD_\n");
    assertEquals("1 30000", launch("run").out());
    environment.put("MALLOC_ARENA_MAX", "2");
    environment.put("MALLOC_MMAP_THRESHOLD_", "131072");
    assertEquals("2 131072", launch("run").out());
  }

  @Test
  void findsAJdkWhereverItUsuallyStands() throws Exception {
    for (Path folder :
        List.of(
            root.resolve("usr/lib/jvm/temurin-25-jdk-amd64"),
            root.resolve("Library/Java/JavaVirtualMachines/temurin-25.jdk/Contents/Home"),
            root.resolve("opt/homebrew/opt/openjdk@25/libexec/openjdk.jdk/Contents/Home"),
            root.resolve("opt/jdk 25"),
            home.resolve(".sdkman/candidates/java/25.0.1-tem"),
            home.resolve(".jdks/corretto-25.0.1"))) {
      jdk(folder, "25.0.1");
      assertEquals(folder.toString(), launch("--find-java").out());
      Files.delete(folder.resolve("bin/java"));
    }
  }

  @Test
  void prefersTheOneThatIsNamedThenJavaHomeThenThePath() throws Exception {
    Path usual = jdk(root.resolve("usr/lib/jvm/jdk-25"), "25");
    assertEquals(usual.toString(), launch("--find-java").out());
    Path onPath = jdk(temp.resolve("on path"), "26-ea");
    Files.createSymbolicLink(tools.resolve("java"), onPath.resolve("bin/java"));
    assertEquals(onPath.toString(), launch("--find-java").out());
    Path javaHome = jdk(temp.resolve("java home"), "25.0.2");
    environment.put("JAVA_HOME", javaHome.toString());
    assertEquals(javaHome.toString(), launch("--find-java").out());
    Path named = jdk(temp.resolve("named"), "27");
    environment.put("SPANTHRIFT_JAVA_HOME", named.toString());
    assertEquals(named.toString(), launch("--find-java").out());
  }

  @Test
  void passesOverAJdkThatIsTooOld() throws Exception {
    environment.put("JAVA_HOME", jdk(temp.resolve("old"), "21.0.9").toString());
    Path right = jdk(root.resolve("usr/lib/jvm/jdk-25"), "25.0.3");
    jdk(root.resolve("usr/lib/jvm/a-1.8"), "1.8.0_402");
    assertEquals(right.toString(), launch("--find-java").out());
  }

  @Test
  void asksTheJvmItselfWhenThereIsNoReleaseFile() throws Exception {
    Path folder = root.resolve("opt/plain");
    script(folder.resolve("bin/java"), "echo 'openjdk version \"25.0.3\" 2026-07-21' >&2\n");
    assertEquals(folder.toString(), launch("--find-java").out());
  }

  @Test
  void becomesTheJvmWithTheArgumentsAsTheyWere() throws Exception {
    jdk(root.resolve("opt/jdk"), "25");
    environment.put("SPANTHRIFT_JAVA_OPTS", "-Xmx64m -Dx=*");
    Result result = launch("run", "--config", "a file.yaml", "$HOME *");
    assertEquals(0, result.code(), result.err());
    List<String> lines = result.out().lines().toList();
    assertEquals(String.valueOf(result.pid()), lines.getFirst(), "the pid is the program's");
    int jar = lines.indexOf("-jar");
    assertEquals(List.of("-Xmx64m", "-Dx=*"), lines.subList(jar - 2, jar));
    assertTrue(lines.contains("-XX:+UseSerialGC"));
    assertTrue(lines.get(jar + 1).endsWith("the clone/agent/target/spanthrift.jar"));
    assertEquals(
        List.of("run", "--config", "a file.yaml", "$HOME *"), lines.subList(jar + 2, lines.size()));
  }

  @Test
  void worksThroughASymbolicLink() throws Exception {
    jdk(root.resolve("opt/jdk"), "25");
    Path link = temp.resolve("link");
    Files.createSymbolicLink(link, Path.of("the clone/spanthrift"));
    ProcessBuilder builder = new ProcessBuilder("/bin/sh", link.toString(), "help");
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor());
    assertTrue(out.contains("the clone/agent/target/spanthrift.jar"), out);
  }

  @Test
  void buildsWhenTheJarIsAbsentOrOlderThanASource() throws Exception {
    Path jdk = jdk(root.resolve("opt/jdk"), "25");
    Path jar = temp.resolve("the clone/agent/target/spanthrift.jar");
    script(
        tools.resolve("mvn"),
        "echo \"maven $JAVA_HOME $*\"\ncat /dev/null > agent/target/spanthrift.jar\n");
    assertEquals("", launch("help").err(), "up to date: no build");

    Files.delete(jar);
    Result absent = launch("help");
    assertTrue(absent.err().contains("maven " + jdk + " -q -B "), absent.err());
    assertFalse(absent.out().contains("maven"), "talk goes to stderr");
    assertTrue(absent.out().contains("-jar"), "starts after the build");

    Files.writeString(temp.resolve("the clone/exporter/src/main/New.java"), "");
    Files.setLastModifiedTime(jar, FileTime.fromMillis(2_000_000));
    assertTrue(launch("help").err().contains("maven"));
    Files.setLastModifiedTime(
        temp.resolve("the clone/exporter/src/main/New.java"), FileTime.fromMillis(1_000_000));
    assertEquals("", launch("help").err());
  }

  @Test
  void noEscapeSequenceOfTheBuildIsLeftWhereNobodyLooks() throws Exception {
    jdk(root.resolve("opt/jdk"), "25");
    Files.delete(temp.resolve("the clone/agent/target/spanthrift.jar"));
    script(
        tools.resolve("mvn"),
        "printf '\\033[0m\\033[1mbold\\033[m\\033[0m'\n"
            + "cat /dev/null > agent/target/spanthrift.jar\n");
    Result built = launch("help");
    assertEquals(0, built.code(), built.err());
    assertTrue(built.err().contains("bold"), built.err());
    assertFalse(built.err().contains("\u001b"), built.err());
    assertFalse(built.out().contains("\u001b"), built.out());
  }

  @Test
  void aBuildThatFailsOrCannotBeIsSaid() throws Exception {
    jdk(root.resolve("opt/jdk"), "25");
    Files.delete(temp.resolve("the clone/agent/target/spanthrift.jar"));
    Result without = launch("help");
    assertEquals(1, without.code());
    assertTrue(without.err().contains("Maven (mvn) is needed"), without.err());
    script(tools.resolve("mvn"), "echo broken\nexit 3\n");
    Result failed = launch("help");
    assertEquals(1, failed.code());
    assertTrue(failed.err().contains("broken"), failed.err());
    assertTrue(failed.err().contains("the build failed"), failed.err());
    assertEquals("", failed.out());
  }

  private List<String> heapOf(String memory) throws Exception {
    environment.put("SPANTHRIFT_MEMORY", memory);
    Result result = launch("run");
    assertEquals(0, result.code(), result.err());
    return result.out().lines().toList();
  }

  @Test
  void dividesMemoryAsThePlanDoes() throws Exception {
    jdk(root.resolve("opt/jdk"), "25");
    for (long memory : new long[] {176, 192, 256, 300, 512, 1000, 1024, 4096, 65_536}) {
      List<String> flags = heapOf(memory + "Mi");
      MemoryPlan plan = MemoryPlan.of(memory);
      assertTrue(flags.contains("-Xmx" + plan.heap() + "m"), memory + ": " + flags);
      assertTrue(flags.contains("-XX:MaxDirectMemorySize=" + plan.direct() + "m"), "" + flags);
      assertTrue(flags.contains("-XX:ReservedCodeCacheSize=" + plan.code() + "m"), "" + flags);
      assertTrue(flags.contains("-Dspanthrift.memory=" + memory), "" + flags);
    }
  }

  @Test
  void readsMemoryInTheUnitsOfKubernetesAndOfOurs() throws Exception {
    jdk(root.resolve("opt/jdk"), "25");
    for (String size : List.of("268435456", "262144Ki", "256Mi", "256MiB", "269M", "269MB")) {
      assertTrue(heapOf(size).contains("-Dspanthrift.memory=256"), size);
    }
    assertTrue(heapOf("1Gi").contains("-Dspanthrift.memory=1024"));
  }

  @Test
  void saysWhatWouldBeRightWhenMemoryIsNoneOrTooSmall() throws Exception {
    jdk(root.resolve("opt/jdk"), "25");
    for (String size : List.of("much", "12Xi", "Mi", "-1Gi", "175Mi", "1")) {
      environment.put("SPANTHRIFT_MEMORY", size);
      Result result = launch("run");
      assertEquals(1, result.code(), size);
      assertEquals("", result.out());
      assertTrue(result.err().contains("SPANTHRIFT_MEMORY=" + size + " is "), result.err());
      assertTrue(result.err().matches(".*(such as 256Mi|176Mi is the least).*"), result.err());
      assertFalse(launch("prices").out().isEmpty(), "only the sidecar's verbs are bound by it");
    }
  }

  @Test
  void takesTheLimitOfItsContainerElseADefaultByRole() throws Exception {
    jdk(root.resolve("opt/jdk"), "25");
    assertTrue(launch("run").out().contains("-Dspanthrift.memory=256\n"));
    environment.put("SPANTHRIFT_ROLE", "gateway");
    assertTrue(launch("run").out().contains("-Dspanthrift.memory=1024\n"));
    Path v1 = root.resolve("sys/fs/cgroup/memory/memory.limit_in_bytes");
    Files.createDirectories(v1.getParent());
    Files.writeString(v1, "9223372036854771712\n");
    assertTrue(launch("run").out().contains("-Dspanthrift.memory=1024\n"), "v1 without a limit");
    Files.writeString(v1, "536870912\n");
    assertTrue(launch("run").out().contains("-Dspanthrift.memory=512\n"));
    Path v2 = root.resolve("sys/fs/cgroup/memory.max");
    Files.writeString(v2, "max\n");
    assertTrue(launch("run").out().contains("-Dspanthrift.memory=1024\n"), "v2 without a limit");
    Files.writeString(v2, "134217728\n");
    Result small = launch("run");
    assertTrue(small.out().contains("-Xmx24m\n"), "a small container starts all the same");
    assertTrue(small.err().contains("128Mi is below 176Mi"), small.err());
    environment.put("SPANTHRIFT_MEMORY", "300Mi");
    assertTrue(launch("run").out().contains("-Dspanthrift.memory=300\n"), "what is set wins");
  }

  @Test
  void leavesTheHeapToWhoeverSetsIt() throws Exception {
    jdk(root.resolve("opt/jdk"), "25");
    for (String own : List.of("-Xmx80m", "-XX:MaxRAMPercentage=40", "-XX:MaxHeapSize=80m")) {
      environment.put("SPANTHRIFT_JAVA_OPTS", own);
      List<String> flags = launch("run").out().lines().toList();
      assertEquals(
          own.startsWith("-Xmx") ? 1 : 0, flags.stream().filter(f -> f.startsWith("-Xmx")).count());
      assertTrue(flags.contains(own));
    }
  }

  /** A JDK that prints its arguments, and writes the AOT cache that it is asked for. */
  private Path trainedJdk(String training) throws IOException {
    Path jdk = jdk(root.resolve("opt/jdk"), "25");
    script(
        jdk.resolve("bin/java"),
        "for a in \"$@\"; do\n  case $a in -XX:AOTCacheOutput=*) "
            + training
            + " ;; esac\n  echo \"$a\"\ndone\n");
    return jdk;
  }

  private Path caches() {
    return temp.resolve("the clone/agent/target/aot");
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static final String WRITES = "echo cache > \"${a#*=}\"";

  @Test
  void warmMakesTheCacheAndEveryStartUsesIt() throws Exception {
    trainedJdk(WRITES);
    environment.put("SPANTHRIFT_AOT", "use");
    Result without = launch("help");
    assertTrue(without.out().contains("-Dspanthrift.aot=absent"), without.out());
    assertFalse(without.out().contains("-XX:AOTCache="), without.out());
    Result warm = launch("warm");
    assertEquals(0, warm.code(), warm.err());
    assertEquals("", warm.out());
    assertEquals(1, names(caches()).size(), "whole, and nothing beside it");
    String cache = caches().resolve(names(caches()).getFirst()).toString();
    for (String verb : List.of("help", "run")) {
      List<String> flags = launch(verb).out().lines().toList();
      assertTrue(flags.contains("-XX:AOTCache=" + cache), "" + flags);
      assertTrue(flags.contains("-Dspanthrift.aot=found"), "" + flags);
    }
    environment.put("SPANTHRIFT_AOT", "off");
    assertFalse(launch("run").out().contains("AOTCache"));
  }

  @Test
  void aCacheOfAnotherJdkOrOtherJarsIsNotTakenAndGoesWithTheNext() throws Exception {
    Path jdk = trainedJdk(WRITES);
    environment.put("SPANTHRIFT_AOT", "use");
    launch("warm");
    String first = names(caches()).getFirst();
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.9\"\n");
    assertTrue(launch("run").out().contains("-Dspanthrift.aot=absent"));
    launch("warm");
    assertEquals(1, names(caches()).size());
    assertFalse(names(caches()).contains(first));
    Files.writeString(temp.resolve("the clone/agent/target/spanthrift.jar"), "rebuilt");
    assertTrue(launch("run").out().contains("-Dspanthrift.aot=absent"));
  }

  @Test
  void aTrainingThatFailsLeavesNothingAndSaysWhy() throws Exception {
    trainedJdk("echo halfway > \"${a#*=}.config\"; echo broken; exit 1");
    environment.put("SPANTHRIFT_AOT", "use");
    Result warm = launch("warm");
    assertEquals(1, warm.code());
    assertTrue(warm.err().contains("broken"), warm.err());
    assertTrue(warm.err().contains("could not be made"), warm.err());
    assertEquals(List.of(), names(caches()));
  }

  @Test
  void theFirstRunMakesItAsideAndOnlyThere() throws Exception {
    trainedJdk(WRITES);
    environment.remove("SPANTHRIFT_AOT");
    script(tools.resolve("sleep"), ""); // the training waits for the start
    for (String verb : List.of("help", "check", "demo", "simulate")) {
      launch(verb);
      assertEquals(List.of(), names(caches()), verb);
    }
    assertTrue(launch("run").out().contains("-Dspanthrift.aot=absent"), "a start never waits");
    while (names(caches()).stream().noneMatch(name -> name.startsWith("spanthrift-"))
        || names(caches()).size() > 1) {
      Thread.onSpinWait();
    }
    assertTrue(launch("run").out().contains("-Dspanthrift.aot=found"));
  }

  @Test
  void nothingIsTrainedWhereItIsSwitchedOffOrMemoryIsLimited() throws Exception {
    trainedJdk(WRITES);
    script(tools.resolve("sleep"), "echo slept > \"" + temp.resolve("slept") + "\"");
    for (String how : List.of("off", "use")) {
      environment.put("SPANTHRIFT_AOT", how);
      launch("run");
    }
    environment.remove("SPANTHRIFT_AOT");
    Path limit = root.resolve("sys/fs/cgroup/memory.max");
    Files.createDirectories(limit.getParent());
    Files.writeString(limit, "268435456\n");
    launch("run");
    Files.delete(limit);
    Files.createDirectories(caches().resolve("making")); // another start is at it
    launch("run");
    assertFalse(Files.exists(temp.resolve("slept")));
  }

  @Test
  void aReadOnlyInstallationKeepsItAmongTheUsersCaches() throws Exception {
    trainedJdk(WRITES);
    environment.put("SPANTHRIFT_AOT", "use");
    Files.writeString(caches(), "no folder can be here");
    Result warm = launch("warm");
    assertEquals(0, warm.code(), warm.err());
    assertTrue(warm.err().contains(home.resolve(".cache/spanthrift").toString()), warm.err());
    assertTrue(launch("run").out().contains("-XX:AOTCache=" + home.resolve(".cache/spanthrift")));
    environment.put("XDG_CACHE_HOME", caches().toString());
    assertTrue(launch("run").out().contains("-Dspanthrift.aot=unwritable"));
    Result nowhere = launch("warm");
    assertEquals(1, nowhere.code());
    assertTrue(nowhere.err().contains("no folder for the AOT cache"), nowhere.err());
  }
}
