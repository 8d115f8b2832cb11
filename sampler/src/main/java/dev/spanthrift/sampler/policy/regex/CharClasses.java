package dev.spanthrift.sampler.policy.regex;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Classes by name: POSIX ones, and Unicode categories and scripts. */
final class CharClasses {
  private static final Map<String, CharClass> POSIX =
      Map.ofEntries(
          Map.entry("alnum", CharClass.ranges('0', '9', 'A', 'Z', 'a', 'z')),
          Map.entry("alpha", CharClass.ranges('A', 'Z', 'a', 'z')),
          Map.entry("ascii", CharClass.ranges(0, 127)),
          Map.entry("blank", CharClass.ranges('\t', '\t', ' ', ' ')),
          Map.entry("cntrl", CharClass.ranges(0, 31, 127, 127)),
          Map.entry("digit", CharClass.DIGIT),
          Map.entry("graph", CharClass.ranges('!', '~')),
          Map.entry("lower", CharClass.ranges('a', 'z')),
          Map.entry("print", CharClass.ranges(' ', '~')),
          Map.entry("punct", CharClass.ranges('!', '/', ':', '@', '[', '`', '{', '~')),
          Map.entry("space", CharClass.ranges('\t', '\r', ' ', ' ')),
          Map.entry("upper", CharClass.ranges('A', 'Z')),
          Map.entry("word", CharClass.WORD),
          Map.entry("xdigit", CharClass.ranges('0', '9', 'A', 'F', 'a', 'f')));

  /** General categories of Unicode, by the numbers of {@link Character#getType}. */
  private static final List<String> CATEGORIES =
      List.of(
          "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "", "Zs", "Zl",
          "Zp", "Cc", "Cf", "", "Co", "Cs", "Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So",
          "Pi", "Pf");

  private CharClasses() {}

  static @Nullable CharClass posix(String name) {
    return POSIX.get(name);
  }

  /** {@code L}, {@code Lu}, {@code Greek}; null when there is no such category or script. */
  static @Nullable CharClass unicode(String name) {
    if (CATEGORIES.stream().anyMatch(category -> !name.isEmpty() && category.startsWith(name))) {
      return collect(c -> CATEGORIES.get(Character.getType(c)).startsWith(name));
    }
    try {
      Character.UnicodeScript script = Character.UnicodeScript.forName(name);
      return collect(c -> Character.UnicodeScript.of(c) == script);
    } catch (IllegalArgumentException noSuchScript) {
      return null;
    }
  }

  private static CharClass collect(IntPredicate wanted) {
    List<Integer> bounds = new ArrayList<>();
    boolean inside = false;
    for (int c = 0; c <= Character.MAX_CODE_POINT + 1; c++) {
      boolean now = c <= Character.MAX_CODE_POINT && wanted.test(c);
      if (now != inside) {
        bounds.add(now ? c : c - 1);
        inside = now;
      }
    }
    return CharClass.ranges(bounds.stream().mapToInt(Integer::intValue).toArray());
  }
}
