package dev.spanthrift.agent.config.yaml;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What somebody probably meant: the one rule for every misspelt word, be it a key, a value, or the
 * name of a price list.
 *
 * <p>Near is what a third of the letters parts from it (two are always allowed), what it is the
 * beginning of, or what holds it as a part. Case never matters.
 */
public final class Suggestions {
  private static final int SHOWN_MAX = 3;

  private Suggestions() {}

  public static Optional<String> nearest(String written, Collection<String> known) {
    return near(written, known).stream().findFirst();
  }

  /** At most three, nearest first. */
  public static List<String> near(String written, Collection<String> known) {
    String text = written.toLowerCase(Locale.ROOT);
    List<String> near = new ArrayList<>();
    for (String candidate : known) {
      if (isNear(text, candidate.toLowerCase(Locale.ROOT))) {
        near.add(candidate);
      }
    }
    near.sort(
        Comparator.comparingInt((String candidate) -> distance(text, candidate))
            .thenComparing(Comparator.naturalOrder()));
    return near.subList(0, Math.min(SHOWN_MAX, near.size()));
  }

  private static boolean isNear(String text, String candidate) {
    int distance = distance(text, candidate);
    boolean fewLetters = distance <= Math.max(2, text.length() / 3) && distance < text.length() - 1;
    boolean part = text.length() > 2 && (candidate.contains(text) || text.contains(candidate));
    return fewLetters || part;
  }

  /** Letters to insert, remove or replace (Levenshtein), whatever their case. */
  public static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        boolean same =
            Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
        int replaced = diagonal + (same ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
