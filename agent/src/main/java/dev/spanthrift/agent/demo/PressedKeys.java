package dev.spanthrift.agent.demo;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * PressedKeys that are pressed on the terminal, without Enter where {@code stty} can see to that,
 * else with.
 */
final class PressedKeys implements AutoCloseable {
  /** Who presses more before one is looked at meant none of them. */
  private static final int WAITING_MAX = 16;

  private final BlockingQueue<Character> pressed = new ArrayBlockingQueue<>(WAITING_MAX);
  private final String before;

  private PressedKeys(InputStream in) {
    before = stty("-g");
    if (!before.isEmpty()) {
      stty("-icanon", "-echo", "min", "1");
    }
    Thread.ofPlatform().daemon().name("demo-keys").start(() -> read(in));
  }

  static PressedKeys of(InputStream in) {
    return new PressedKeys(in);
  }

  private void read(InputStream in) {
    try {
      for (int key = in.read(); key >= 0; key = in.read()) {
        pressed.offer((char) key);
      }
    } catch (IOException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** The next key, or none within this time. */
  @Nullable Character next(long millis) throws InterruptedException {
    return pressed.poll(millis, TimeUnit.MILLISECONDS);
  }

  /** Its answer, or nothing where it does not work. */
  private static String stty(String... words) {
    String[] command = new String[words.length + 1];
    command[0] = "stty";
    System.arraycopy(words, 0, command, 1, words.length);
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String answer =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
      return process.waitFor() == 0 ? answer : "";
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  @Override
  public void close() {
    if (!before.isEmpty()) {
      stty(before);
    }
  }
}
