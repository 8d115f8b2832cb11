package dev.spanthrift.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        List.of("sed", "head", "find", "readlink", "dirname", "touch", "cat", "sh", "uname")) {
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
    Path clone = Files.createDirectories(temp.resolve("the clone"));
    Files.copy(SCRIPT, clone.resolve("spanthrift"));
    for (String module : List.of("", "sampler/", "exporter/", "agent/")) {
      Files.createDirectories(clone.resolve(module + "src/main"));
      source(clone.resolve(module + "pom.xml"));
    }
    Files.createDirectories(clone.resolve("agent/target"));
    Files.writeString(clone.resolve("agent/target/spanthrift.jar"), "");
  }

  private static void source(Path file) throws IOException {
    Files.writeString(file, "<project/>");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
  }

  private Path script(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
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
  void usesTheAotCacheUnlessItIsOlderThanTheJar() throws Exception {
    jdk(root.resolve("opt/jdk"), "25");
    Path aot = Files.writeString(temp.resolve("the clone/agent/target/spanthrift.aot"), "");
    assertTrue(launch("help").out().contains("-XX:AOTCache="));
    Files.setLastModifiedTime(aot, FileTime.fromMillis(1_000_000));
    assertFalse(launch("help").out().contains("-XX:AOTCache="));
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
}
