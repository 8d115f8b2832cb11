package dev.spanthrift.agent.collector.refinery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class NumberPatternTest {
  private static final List<String> OPERATORS = List.of("=", "<", "<=", ">", ">=");

  @Test
  void comparesTextsAsNumbersWould() {
    long seed = 20_261_130;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      boolean whole = random.nextBoolean();
      BigDecimal bound = number(random, whole);
      BigDecimal value = random.nextInt(4) == 0 ? near(bound, random) : number(random, whole);
      String operator = OPERATORS.get(random.nextInt(OPERATORS.size()));
      String text = written(value, whole, random);
      boolean found =
          Pattern.compile(NumberPattern.of(operator, bound, whole)).matcher(text).find();
      assertEquals(
          holds(value.compareTo(bound), operator),
          found,
          text + " " + operator + " " + bound + ", seed " + seed);
    }
  }

  @Test
  void aTextThatIsNoNumberComparesWithNone() {
    for (String text : List.of("", "-", "+", "x", "5x", "x5", "5 ", "0x5", "--5", "5,0", "1e3")) {
      for (String operator : OPERATORS) {
        for (boolean whole : new boolean[] {false, true}) {
          String pattern = NumberPattern.of(operator, BigDecimal.ONE, whole);
          assertEquals(false, Pattern.compile(pattern).matcher(text).find(), text + operator);
        }
      }
    }
    String whole = NumberPattern.of(">=", BigDecimal.ONE, true);
    assertEquals(false, Pattern.compile(whole).matcher("503.5").find(), "no whole number");
  }

  private static BigDecimal number(Random random, boolean whole) {
    return BigDecimal.valueOf(random.nextInt(2400) - 1200, whole ? 0 : random.nextInt(4));
  }

  private static BigDecimal near(BigDecimal bound, Random random) {
    return bound.add(BigDecimal.valueOf(random.nextInt(3) - 1));
  }

  private static String written(BigDecimal value, boolean whole, Random random) {
    String text = value.toPlainString();
    if (random.nextInt(5) == 0 && !text.startsWith("-")) {
      text = "+" + text;
    }
    if (random.nextInt(5) == 0) {
      text = text.replaceFirst("([0-9])", "00$1");
    }
    return !whole && random.nextInt(3) == 0 && text.contains(".") ? text + "0" : text;
  }

  private static boolean holds(int comparison, String operator) {
    return switch (operator) {
      case "=" -> comparison == 0;
      case "<" -> comparison < 0;
      case "<=" -> comparison <= 0;
      case ">" -> comparison > 0;
      default -> comparison >= 0;
    };
  }
}
