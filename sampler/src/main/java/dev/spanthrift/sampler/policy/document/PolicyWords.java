package dev.spanthrift.sampler.policy.document;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * All that is said of a policy document, each with its English sentence; what changes is in braces.
 */
public enum PolicyWords {
  /** A place's own value is what is wrong. */
  THE_VALUE("{value}"),
  /** English that has no code of its own. */
  FREE_WORDS("{why}"),

  POLICIES_COUNTED("{count} policies"),
  AT_MOST("at most {most}"),
  QUESTIONS_COUNTED("{count} different questions about spans"),
  QUESTIONS_AT_MOST("at most {most}; equal ones count once, lists of values count once"),
  NESTED_TOO_DEEP("nested deeper than {most}"),
  FLATTER_CONDITION("a flatter condition"),

  NO_NAME("no name"),
  UNIQUE_NAME("a name, unique in the document"),
  NAME_FORM("a name of 1 to {most} printable characters"),
  NAME_TAKEN("\"{name}\" is the name of policy {other} too"),
  NAME_OF_NO_MATCH("\"{name}\" is the reason where no policy matches"),
  NAME_RESERVED("\"{name}\" is a reason of the program's own"),
  PLACE_TAKEN("\"{name}\" has the same place as \"{other}\" in what a fleet reports"),
  ANOTHER_NAME("another name"),

  PROBABILITY_FORM("above 0 and at most 1; to keep nothing write drop: true"),
  NUMBER_ABOVE_ZERO("a number above 0"),
  VALUE_NEGATIVE("{value} is negative"),
  ZERO_OR_MORE("0 or more"),

  EMPTY("empty"),
  EMPTY_NEVER_MATCHES("empty, so it never matches"),
  EMPTY_ALWAYS_MATCHES("empty, so every text matches"),
  AT_LEAST_ONE_CONDITION("at least one condition"),
  AT_LEAST_ONE_VALUE("at least one value"),
  SOME_KEY("a key"),
  TEXT_OR_EXISTS("a text, or exists: true"),
  TRACE_IN_SPAN("asks about the whole trace inside sameSpan"),
  MOVE_OUT("move it out, into all"),
  EMPTY_DURATION("more than {from} and at most {to} is empty"),
  AT_MOST_ABOVE_MORE_THAN("atMost above moreThan"),
  BOUNDS_CROSSED("at least {from} and at most {to}"),
  AT_MOST_NOT_BELOW("atMost not below atLeast"),
  NO_BOUND("a range without bounds"),
  ONE_BOUND("at least one bound, or exists: true"),
  EMPTY_RANGE("no number lies between {from} and {to}"),
  UPPER_ABOVE_LOWER("an upper bound above the lower"),
  TWO_BOUNDS("two bounds on one side"),
  ONE_OF_THEM("one of them"),
  PATTERN_WRONG("\"{pattern}\": {why}"),
  PATTERN_FORM("a pattern in RE2 syntax"),

  NEVER_FIRES("\"{name}\" can never fire: no trace matches"),
  ANOTHER_CONDITION("another condition"),
  HIDDEN_BY_ONE("\"{name}\" can never fire: \"{other}\" matches all that it would match"),
  MOVE_BEFORE("move it before \"{other}\", or remove it"),
  HIDDEN_BY_ALL(
      "\"{name}\" can never fire: the policies before it together match all that it would"),
  MOVE_UP("move it up, or remove it"),
  NO_FLEET_FOR_RATE("no fleet is configured: the rate is this sidecar's alone"),
  SET_FLEET("set fleet.url, or write per: sidecar"),
  NOTHING_DECIDES(
      "no policy and no default: all is left to the budget, and kept where there is none"),
  WRITE_POLICIES("write policies, or default: {budget: true} if that is meant"),

  NOT_AN_OBJECT("a policy document is an object with policies and default"),
  MAP_WITH("a map with {keys}"),
  KEY_UNKNOWN("no such key: {key}"),
  BOTH_KEYS("both {keys}"),
  ONE_OF_KEYS("one of {keys}"),
  ONE_CONDITION("one condition; join several under all, any or sameSpan"),
  ONE_RATE("either tracesPerSecond or spansPerSecond"),
  NO_ACTION("no action"),
  SEVERAL_ACTIONS("several actions: {keys}"),
  NO_TEST("no test"),
  SOMETHING_MISSING("something is missing"),
  LIST_WANTED("a list"),
  TEXT_WANTED("a text, in quotes"),
  FLAG_WANTED("true or false"),
  TRUE_OR_NO_KEY("true, or no such key"),
  NUMBER_WANTED("a number"),
  WHOLE_NUMBER_WANTED("a whole number from 0 to {most}");

  private static final Pattern VALUE = Pattern.compile("\\{(\\w+)}");

  private final String text;

  PolicyWords(String text) {
    this.text = text;
  }

  /** What its values are called. */
  public Set<String> names() {
    return VALUE
        .matcher(text)
        .results()
        .map((MatchResult at) -> at.group(1))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Its code: lower camel case. */
  public String word() {
    String[] parts = name().toLowerCase(Locale.ROOT).split("_", -1);
    return parts[0]
        + Arrays.stream(parts)
            .skip(1)
            .map(part -> part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1))
            .collect(Collectors.joining());
  }

  /** Said without values. */
  public Sentence said() {
    return new Sentence(this, Map.of());
  }

  public Sentence with(String name, Object value) {
    return new Sentence(this, Map.of(name, value));
  }

  public Sentence with(String name, Object value, String other, Object otherValue) {
    return new Sentence(this, Map.of(name, value, other, otherValue));
  }

  /** With what it is about. */
  public record Sentence(PolicyWords words, Map<String, Object> values) {
    public Sentence {
      values = Map.copyOf(values);
      if (!values.keySet().equals(words.names())) {
        throw new IllegalArgumentException(words + " has no values " + values.keySet());
      }
    }

    /** In English. */
    public String text() {
      return VALUE
          .matcher(words.text)
          .replaceAll(at -> Matcher.quoteReplacement(String.valueOf(values.get(at.group(1)))));
    }

    PolicyProblem.SentenceCode note() {
      return new PolicyProblem.SentenceCode(words.word(), values);
    }
  }
}
