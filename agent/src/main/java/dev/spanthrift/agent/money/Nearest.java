package dev.spanthrift.agent.money;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What somebody probably meant. */
final class Nearest {
  private Nearest() {}

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
      if (contains || sameStart || distance(text, lower) <= Math.max(2, text.length() / 3)) {
        near.add(candidate);
      }
    }
    near.sort(
        Comparator.comparingInt((String candidate) -> distance(text, candidate))
            .thenComparing(Comparator.naturalOrder()));
    return near.subList(0, Math.min(3, near.size()));
  }

  /** Levenshtein distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
