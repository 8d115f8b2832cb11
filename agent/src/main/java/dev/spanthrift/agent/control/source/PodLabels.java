package dev.spanthrift.agent.control.source;

import dev.spanthrift.agent.config.yaml.InputFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pod's labels, as the Downward API writes them into a file: {@code key="value"}, one a line,
 * values quoted as Go does.
 */
final class PodLabels {
  private static final int LABELS_MAX = 200;
  private static final Logger log = LoggerFactory.getLogger(PodLabels.class);

  private final @Nullable Path file;
  private Map<String, String> known = Map.of();
  private boolean unreadable;

  /** Used by one thread; without a file there are none. */
  PodLabels(@Nullable Path file) {
    this.file = file;
  }

  /** As they are now; as they were, where the file cannot be read, which is warned of once. */
  Map<String, String> read() {
    if (file == null) {
      return known;
    }
    try {
      known = parse(Files.readString(file, StandardCharsets.UTF_8));
      unreadable = false;
    } catch (IOException e) {
      if (!unreadable) {
        log.warn(
            "controller.labelsFile {} cannot be read, selectors of labels are asked for {}: {}",
            file,
            known,
            InputFile.reason(e));
      }
      unreadable = true;
    }
    return known;
  }

  /** Values of labels are letters, digits, dots, dashes and underscores: nothing is escaped. */
  static Map<String, String> parse(String text) {
    Map<String, String> labels = new TreeMap<>();
    for (String line : text.split("\n")) {
      int equals = line.indexOf('=');
      if (equals > 0 && labels.size() < LABELS_MAX) {
        String value = line.substring(equals + 1).strip();
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        labels.put(
            line.substring(0, equals).strip(),
            quoted ? value.substring(1, value.length() - 1) : value);
      }
    }
    return labels;
  }
}
