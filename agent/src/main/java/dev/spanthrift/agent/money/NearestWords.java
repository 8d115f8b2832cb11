package dev.spanthrift.agent.money;

import dev.spanthrift.agent.config.yaml.Spelling;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What somebody probably meant. */
final class NearestWords {
  private NearestWords() {}

  static Optional<String> of(String written, Collection<String> known) {
    return few(written, known).stream().findFirst();
  }

  /** At most three, nearest first: what contains the text, or what a few letters part from it. */
  static List<String> few(String written, Collection<String> known) {
    String text = written.toLowerCase(Locale.ROOT);
    List<String> near = new ArrayList<>();
    for (String candidate : known) {
      String lower = candidate.toLowerCase(Locale.ROOT);
      boolean contains = text.length() >= 3 && (lower.contains(text) || text.contains(lower));
      boolean sameStart = text.length() >= 4 && lower.startsWith(text.substring(0, 4));
      if (contains
          || sameStart
          || Spelling.distance(text, lower) <= Math.max(2, text.length() / 3)) {
        near.add(candidate);
      }
    }
    near.sort(
        Comparator.comparingInt((String candidate) -> Spelling.distance(text, candidate))
            .thenComparing(Comparator.naturalOrder()));
    return near.subList(0, Math.min(3, near.size()));
  }
}
