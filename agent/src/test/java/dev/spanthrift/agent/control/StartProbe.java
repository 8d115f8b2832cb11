package dev.spanthrift.agent.control;

import java.nio.file.Files;
import java.nio.file.Path;

/** Starts the admin port and tells how long it took; for measuring by hand. */
final class StartProbe {
  private StartProbe() {}

  public static void main(String[] args) throws Exception {
    long begin = System.nanoTime();
    AdminPort port = AdminPort.startReadOnly();
    long started = System.nanoTime();
    int status =
        ((java.net.HttpURLConnection)
                java.net.URI.create(port.url() + "/readyz").toURL().openConnection())
            .getResponseCode();
    long answered = System.nanoTime();
    System.out.printf(
        "start %d ms, first answer +%d ms (%d), %s%n",
        (started - begin) / 1_000_000, (answered - started) / 1_000_000, status, port.url());
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS") || line.startsWith("RssAnon")) {
        System.out.println(line);
      }
    }
    if (args.length > 0) {
      Thread.sleep(Long.parseLong(args[0]) * 1000);
    }
    port.close();
    System.exit(0);
  }
}
