package dev.spanthrift.image;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A program started from an unpacked image as its configuration says. */
final class ImageProcess implements AutoCloseable {
  private static final Pattern READY =
      Pattern.compile(
          "(?m)^spanthrift: OTLP/gRPC on [^ ]*:(\\d+), OTLP/HTTP on [^ ]*:(\\d+), page"
              + " [^ ]*:(\\d+)/");
  private static final Duration LIMIT = Duration.ofSeconds(90);

  /**
   * Read-only, /tmp noexec, uid 65532; what every engine gives, two files of names, four devices
   * and /proc, and nothing else outside of the image but the network.
   */
  private static final String CONTAINER =
      """
      set -e
      root=$1; shift
      inside=$PATH
      PATH=/usr/sbin:/usr/bin:/sbin:/bin
      mount --make-rprivate /
      printf '127.0.0.1 localhost\\n' >"$root/etc/hosts"
      printf 'nameserver 127.0.0.1\\n' >"$root/etc/resolv.conf"
      mount --bind "$root" "$root"
      mount -o remount,bind,ro,nosuid,nodev "$root"
      mount -t tmpfs -o noexec,nosuid,nodev,mode=1777 tmpfs "$root/tmp"
      mount -t tmpfs -o noexec,nosuid,nodev,uid=65532,gid=65532,mode=755 tmpfs "$root/var/lib/spanthrift"
      mount -t proc proc "$root/proc"
      mount -t tmpfs -o noexec,nosuid,mode=755 tmpfs "$root/dev"
      for device in null zero random urandom; do
        : >"$root/dev/$device"
        mount --bind "/dev/$device" "$root/dev/$device"
      done
      chroot=$(command -v chroot)
      PATH=$inside
      exec "$chroot" --userspec=65532:65532 --groups= "$root" "$@"
      """;

  private final Process process;
  private final Path out;
  private final Path err;
  private final HttpClient client = HttpClient.newHttpClient();

  private ImageProcess(ProcessBuilder builder, Map<String, String> environment, Path folder)
      throws IOException {
    Files.createDirectories(folder);
    out = Files.createTempFile(folder, "out", ".txt");
    err = Files.createTempFile(folder, "err", ".txt");
    builder.environment().clear();
    builder.environment().putAll(environment);
    process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
  }

  /** Of this machine, and so of the image that the build made. */
  static String architecture() {
    Platform platform = Platform.ofThisMachine();
    return platform == null ? "none" : platform.architecture;
  }

  /** Ends a test, and says so, where the build was told to make no image ({@code -Dimage.skip}). */
  static Path requireImage() {
    Path tar =
        Path.of("target/image", architecture(), Entry.SIDECAR.image() + ".tar").toAbsolutePath();
    if (!Files.exists(tar)) {
      System.err.println("images' tests are SKIPPED: the build made none: " + tar);
    }
    assumeTrue(Files.exists(tar), "the build made no image");
    return tar;
  }

  /** In a container that is made by hand; root alone can. */
  static ImageProcess contained(
      UnpackedImage image, Map<String, String> environment, List<String> words, Path folder)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("/usr/bin/unshare", "--mount", "/bin/sh", "-c"));
    command.addAll(List.of(CONTAINER, "container", image.root().toString()));
    command.addAll(words);
    return new ImageProcess(new ProcessBuilder(command), environment, folder);
  }

  /** Whether {@link #contained} can be here. */
  static boolean canContain() throws IOException, InterruptedException {
    if (!Files.isExecutable(Path.of("/usr/bin/unshare"))) {
      return false;
    }
    Process trial =
        new ProcessBuilder(
                "/usr/bin/unshare",
                "--mount",
                "/bin/sh",
                "-c",
                "test $(id -u) = 0 && mount --make-rprivate / && mount -t tmpfs tmpfs /tmp")
            .redirectErrorStream(true)
            .start();
    trial.getInputStream().readAllBytes();
    return trial.waitFor() == 0;
  }

  /**
   * Outside: the same words and files, with the image's paths below the folder it is unpacked in.
   */
  static ImageProcess outside(
      UnpackedImage image, Map<String, String> environment, List<String> words, Path folder)
      throws IOException {
    String root = image.root().toString();
    Files.createDirectories(folder);
    List<String> mapped = new ArrayList<>();
    for (String word : words) {
      if (word.startsWith("@/opt/")) {
        Path options = image.root().resolve(word.substring(2));
        Path copy = folder.resolve(options.getFileName());
        Files.writeString(
            copy, Files.readString(options).replaceAll("([=:])/opt/", "$1" + root + "/opt/"));
        mapped.add("@" + copy);
      } else {
        mapped.add(word.replaceAll("(^|:)/opt/", "$1" + root + "/opt/"));
      }
    }
    return new ImageProcess(new ProcessBuilder(mapped), environment, folder);
  }

  /** Ports of gRPC, HTTP and REST. */
  int[] awaitReady() throws IOException, InterruptedException {
    Matcher ready = await(READY);
    return new int[] {
      Integer.parseInt(ready.group(1)),
      Integer.parseInt(ready.group(2)),
      Integer.parseInt(ready.group(3))
    };
  }

  /** What it says on stderr when it is up. */
  Matcher await(Pattern words) throws IOException, InterruptedException {
    for (long end = System.nanoTime() + LIMIT.toNanos(); System.nanoTime() < end; ) {
      Matcher said = words.matcher(err());
      if (said.find()) {
        return said;
      }
      if (!process.isAlive()) {
        throw new AssertionError("it ended with " + process.exitValue() + ":\n" + err());
      }
      Thread.sleep(50);
    }
    throw new AssertionError("not ready in time; it said:\n" + err());
  }

  String out() throws IOException {
    return Files.readString(out);
  }

  String err() throws IOException {
    return Files.readString(err);
  }

  /** The whole state, by REST. */
  JsonNode status(int port) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/status")).build();
    return JsonMapper.shared().readTree(client.send(request, BodyHandlers.ofString()).body());
  }

  int post(int port, byte[] body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/traces"))
            .header("Content-Type", "application/x-protobuf")
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    return client.send(request, BodyHandlers.discarding()).statusCode();
  }

  /** Files that the process has mapped, as the kernel says. */
  String maps() throws IOException {
    return Files.readString(Path.of("/proc/" + process.pid() + "/maps"));
  }

  /** Of the process, as the kernel says. */
  String kernelStatus() throws IOException {
    return Files.readString(Path.of("/proc/" + process.pid() + "/status"));
  }

  /** SIGTERM, and the exit code. */
  int terminate() throws InterruptedException {
    process.destroy();
    return exit();
  }

  int exit() throws InterruptedException {
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("it did not end in time");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
