package dev.spanthrift.agent.collector.reading;

import dev.spanthrift.agent.config.yaml.Suggestions;
import java.util.Collection;
import java.util.TreeSet;

/** What would be right in place of a word that is none. */
public final class Words {
  private Words() {}

  /** The nearest word, and all. */
  public static String instead(String written, Collection<String> known) {
    TreeSet<String> words = new TreeSet<>(known);
    words.remove("");
    String all = String.join(", ", words);
    return Suggestions.nearest(written, words)
        .map(near -> "did you mean " + near + "? Known here: " + all)
        .orElse("one of " + all);
  }
}
