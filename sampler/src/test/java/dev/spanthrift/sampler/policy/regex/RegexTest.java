package dev.spanthrift.sampler.policy.regex;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegexTest {
  @ParameterizedTest
  @CsvSource({
    "foo, xfooy, true",
    "^foo, xfoo, false",
    "foo$, foo, true",
    "^/api/v[0-9]+/, /api/v12/users, true",
    "^/api/v[0-9]+/, /api/v/users, false",
    "'(?i)select', 'SeLECT 1', true",
    "'(?i:a)b', Ab, true",
    "'(?i:a)b', AB, false",
    "'a{2,3}b', aab, true",
    "'^a{2,3}b', aaaab, false",
    "'a{,3}', 'a{,3}', true",
    "'x{', 'x{', true",
    "'[[:digit:]]+ms', 12ms, true",
    "'^[[:x]+$', ':x[', true",
    "'[^a-c]', abc, false",
    "'[]x]', ']', true",
    "'[a-]', -, true",
    "'\\bcat\\b', 'a cat.', true",
    "'\\bcat\\b', concat, false",
    "'(?P<n>a|b)+c', abac, true",
    "'(?<n>a)', a, true",
    "'\\pL+', é, true",
    "'\\p{Greek}', α, true",
    "'\\PL', é, false",
    "'^.$', 😀, true",
    "'\\x41\\x{1F600}', A😀, true",
    "'\\Qa.b\\E', a.b, true",
    "'\\Qa.b\\E', axb, false",
    "'(?i)É', é, true",
    "'', anything, true",
    "'a||b', x, true",
    "'(a*)*b', aaaac, false",
    "'\\Aa\\z', a, true",
    "'a.b', 'a\nb', false",
    "'(?s)a.b', 'a\nb', true",
    "'(?m)^b$', 'a\nb', true",
    "'^b$', 'a\nb', false",
    "'a\\.b', a.b, true",
    "'[\\w.]+@', me.you@, true",
  })
  void matchesAsRe2Does(String pattern, String text, boolean found) {
    assertEquals(found, find(pattern, text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(",
        ")",
        "a)",
        "(?=a)",
        "(?!a)",
        "(?<=a)",
        "(?<!a)",
        "\\1",
        "[",
        "[a",
        "a**",
        "*",
        "+a",
        "a{2}{3}",
        "a{1001}",
        "a{3,2}",
        "\\",
        "[z-a]",
        "\\C",
        "\\Z",
        "\\p{Nope}",
        "[[:nope:]]",
        "(?P=n)",
        "(?x)a",
        "\\xZ",
        "\\x{110000}",
        "((a{1000}){1000})",
        "a++"
      })
  void refusesWhatItCannotRun(String pattern) {
    assertThrows(RegexSyntaxException.class, () -> Regex.compile(pattern));
  }

  @Test
  void deepNestingIsRefusedNotFatal() {
    assertThrows(RegexSyntaxException.class, () -> Regex.compile("(".repeat(100_000)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"(a*)*b", "(a|a)*b", "(a|aa)+$", "(?:|){30}b", "(x+x+)+y", "^(([a-z])+.)+[A-Z]"})
  void catastrophicPatternsEndInLinearTime(String pattern) {
    RegexMatcher matcher = Regex.compile(pattern).matcher();
    byte[] text = "a".repeat(2000).getBytes(StandardCharsets.UTF_8);
    matcher.find(text, 0, 0);
    matcher.find(text, 0, text.length);
    assertEquals(0, matcher.gaveUp());
  }

  @Test
  void givesUpOnTooMuchWorkAndSaysSo() {
    RegexMatcher matcher = Regex.compile("(a?){1000}b").matcher();
    byte[] text = "a".repeat(100_000).getBytes(StandardCharsets.UTF_8);
    assertFalse(matcher.find(text, 0, text.length));
    assertEquals(1, matcher.gaveUp());
  }

  @Test
  void agreesWithTheJdkOnRandomPatterns() {
    long seed = Long.getLong("seed", 1);
    Random random = new Random(seed);
    int compared = 0;
    for (int i = 0; i < 20_000; i++) {
      String pattern = pattern(random, 3);
      String where = "seed " + seed + " pattern " + pattern;
      RegexMatcher matcher = Regex.compile(pattern).matcher();
      Pattern jdk = Pattern.compile(pattern.replace("$", "\\z"));
      for (int t = 0; t < 5; t++) {
        String text = text(random);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertEquals(
            jdk.matcher(text).find(),
            matcher.find(bytes, 0, bytes.length),
            () -> where + " text " + text);
        compared++;
      }
    }
    assertEquals(100_000, compared);
  }

  @Test
  void survivesAnyPatternAndAnyBytes() {
    long seed = Long.getLong("seed", 1);
    Random random = new Random(seed);
    String alphabet = "ab()[]{}|*+?^$.\\,-:<>P=!dwspLQEx019i#é\n";
    int compiled = 0;
    for (int i = 0; i < 50_000; i++) {
      StringBuilder pattern = new StringBuilder();
      for (int n = random.nextInt(10); n > 0; n--) {
        pattern.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        RegexMatcher matcher = Regex.compile(pattern.toString()).matcher();
        byte[] text = new byte[random.nextInt(12)];
        random.nextBytes(text);
        matcher.find(text, 0, text.length);
        compiled++;
      } catch (RegexSyntaxException expected) {
        assertFalse(expected.getMessage().isEmpty());
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + " pattern " + pattern, e);
      }
    }
    assertTrue(compiled > 1000, "seed " + seed);
  }

  private static String pattern(Random random, int depth) {
    StringBuilder out = new StringBuilder();
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      String atom =
          switch (random.nextInt(depth > 0 ? 11 : 8)) {
            case 0, 1 -> "a";
            case 2 -> "b";
            case 3 -> ".";
            case 4 -> "[ab]";
            case 5 -> "[^a]";
            case 6 -> random.nextBoolean() ? "^" : "$";
            case 7 -> random.nextBoolean() ? "\\b" : "\\B";
            case 8 -> "(" + pattern(random, depth - 1) + ")";
            default -> "(?:" + pattern(random, depth - 1) + "|" + pattern(random, depth - 1) + ")";
          };
      boolean assertion = atom.startsWith("^") || atom.equals("$") || atom.matches("\\\\[bB]");
      out.append(atom);
      if (!assertion) {
        out.append(
            switch (random.nextInt(8)) {
              case 0 -> "*";
              case 1 -> "+";
              case 2 -> "?";
              case 3 -> "{1,2}";
              case 4 -> "*?";
              default -> "";
            });
      }
    }
    return out.toString();
  }

  private static String text(Random random) {
    StringBuilder out = new StringBuilder();
    for (int n = random.nextInt(7); n > 0; n--) {
      out.append("aab c".charAt(random.nextInt(5)));
    }
    return out.toString();
  }

  private static boolean find(String pattern, String text) {
    byte[] bytes = ("--" + text + "--").getBytes(StandardCharsets.UTF_8);
    return Regex.compile(pattern).matcher().find(bytes, 2, bytes.length - 4);
  }
}
