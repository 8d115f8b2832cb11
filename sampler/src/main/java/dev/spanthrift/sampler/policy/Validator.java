package dev.spanthrift.sampler.policy;

import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import dev.spanthrift.sampler.policy.document.PolicyWords;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.policy.question.Compiler;
import dev.spanthrift.sampler.policy.regex.Regex;
import dev.spanthrift.sampler.policy.regex.RegexSyntaxException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds everything that is wrong with a policy document; what it passes can be compiled. */
final class Validator {
  private static final int DEPTH_MAX = 32;
  private static final int NAME_MAX = 128;

  /** Reasons that stand beside the names of policies; their counts would be mixed up. */
  private static final Pattern RESERVED =
      Pattern.compile("budget|late|invalid_trace_id|(budget|policy):.*");

  private final List<PolicyProblem> problems = new ArrayList<>();

  static List<PolicyProblem> problems(PolicyDocument document) {
    Validator validator = new Validator();
    validator.check(document);
    return validator.problems;
  }

  private void check(PolicyDocument document) {
    List<Policy> policies = document.policies();
    if (policies.size() > PolicySet.POLICIES_MAX) {
      report(
          "/policies",
          PolicyWords.POLICIES_COUNTED.with("count", policies.size()),
          PolicyWords.AT_MOST.with("most", PolicySet.POLICIES_MAX));
      return;
    }
    Map<String, Integer> names = new HashMap<>();
    for (int i = 0; i < policies.size(); i++) {
      String at = "/policies/" + i;
      Policy policy = policies.get(i);
      checkName(at + "/name", policy.name());
      Integer other = names.putIfAbsent(policy.name(), i);
      if (other != null) {
        report(
            at + "/name",
            PolicyWords.NAME_TAKEN.with("name", policy.name(), "other", other),
            PolicyWords.ANOTHER_NAME.said());
      }
      checkCondition(at + "/match", policy.match(), false, 0);
      checkAction(at, policy.action());
    }
    checkAction("/default", document.fallback());
    if (problems.isEmpty()) {
      checkBits(policies);
      checkPlaces(policies);
    }
  }

  /** Two in one place would count each other's traffic. */
  private void checkPlaces(List<Policy> policies) {
    Map<Integer, String> places = new HashMap<>();
    for (int i = 0; i < policies.size(); i++) {
      String name = policies.get(i).name();
      if (policies.get(i).action() instanceof Action.Rate rate && rate.per() == Action.Per.FLEET) {
        String other = places.putIfAbsent(SharedRates.place(name), name);
        if (other != null) {
          report(
              "/policies/" + i + "/name",
              PolicyWords.PLACE_TAKEN.with("name", name, "other", other),
              PolicyWords.ANOTHER_NAME.said());
        }
      }
    }
  }

  private void checkBits(List<Policy> policies) {
    int bits = Compiler.bitCount(policies.stream().map(Policy::match).toList());
    if (bits > Compiler.BITS_MAX) {
      report(
          "/policies",
          PolicyWords.QUESTIONS_COUNTED.with("count", bits),
          PolicyWords.QUESTIONS_AT_MOST.with("most", Compiler.BITS_MAX));
    }
  }

  private void checkName(String at, String name) {
    if (name.isBlank() || name.length() > NAME_MAX || name.chars().anyMatch(c -> c < ' ')) {
      report(
          at,
          PolicyWords.THE_VALUE.with("value", quote(name)),
          PolicyWords.NAME_FORM.with("most", NAME_MAX));
    } else if (name.equals(PolicySet.FALLBACK_REASON)) {
      report(at, PolicyWords.NAME_OF_NO_MATCH.with("name", name), PolicyWords.ANOTHER_NAME.said());
    } else if (RESERVED.matcher(name).matches()) {
      report(at, PolicyWords.NAME_RESERVED.with("name", name), PolicyWords.ANOTHER_NAME.said());
    }
  }

  private void checkAction(String at, Action action) {
    switch (action) {
      case Action.Keep keep -> {}
      case Action.Drop drop -> {}
      case Action.Budget budget -> {}
      case Action.Probability fixed -> checkProbability(at + "/probability", fixed.probability());
      case Action.Rate rate -> checkPositive(at + "/rate", rate.perSecond());
      case Action.Weight weight -> checkPositive(at + "/weight", weight.weight());
    }
  }

  private void checkProbability(String at, double p) {
    if (!(p >= 0x1p-56 && p <= 1)) {
      report(
          at,
          PolicyWords.THE_VALUE.with("value", String.valueOf(p)),
          PolicyWords.PROBABILITY_FORM.said());
    }
  }

  private void checkPositive(String at, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      report(
          at,
          PolicyWords.THE_VALUE.with("value", String.valueOf(value)),
          PolicyWords.NUMBER_ABOVE_ZERO.said());
    }
  }

  private void checkCondition(String at, Condition condition, boolean ofOneSpan, int depth) {
    if (depth > DEPTH_MAX) {
      report(
          at,
          PolicyWords.NESTED_TOO_DEEP.with("most", DEPTH_MAX),
          PolicyWords.FLATTER_CONDITION.said());
      return;
    }
    switch (condition) {
      case Condition.All all -> checkAll(at + "/all", all.conditions(), ofOneSpan, depth);
      case Condition.Any any -> {
        if (any.conditions().isEmpty()) {
          report(
              at + "/any",
              PolicyWords.EMPTY_NEVER_MATCHES.said(),
              PolicyWords.AT_LEAST_ONE_CONDITION.said());
        }
        checkAll(at + "/any", any.conditions(), ofOneSpan, depth);
      }
      case Condition.Not not -> checkCondition(at + "/not", not.condition(), ofOneSpan, depth + 1);
      case Condition.SameSpan same -> {
        if (same.conditions().isEmpty()) {
          report(
              at + "/sameSpan",
              PolicyWords.EMPTY.said(),
              PolicyWords.AT_LEAST_ONE_CONDITION.said());
        }
        checkAll(at + "/sameSpan", same.conditions(), true, depth);
      }
      case Condition.OfTrace ofTrace -> {
        if (ofOneSpan) {
          report(at, PolicyWords.TRACE_IN_SPAN.said(), PolicyWords.MOVE_OUT.said());
        }
        checkOfTrace(at, ofTrace);
      }
      case Condition.OfSpan ofSpan -> checkOfSpan(at, ofSpan);
    }
  }

  private void checkAll(String at, List<Condition> conditions, boolean ofOneSpan, int depth) {
    for (int i = 0; i < conditions.size(); i++) {
      checkCondition(at + "/" + i, conditions.get(i), ofOneSpan, depth + 1);
    }
  }

  private void checkOfTrace(String at, Condition.OfTrace condition) {
    switch (condition) {
      case Condition.HasError error -> {}
      case Condition.HasRootSpan root -> {}
      case Condition.SpanCount count ->
          checkBounds(at + "/spanCount", count.atLeast(), count.atMost());
      case Condition.Bytes bytes -> checkBounds(at + "/bytes", bytes.atLeast(), bytes.atMost());
      case Condition.Lasts lasts -> {
        if (lasts.moreThan().isNegative()) {
          report(
              at + "/duration",
              PolicyWords.VALUE_NEGATIVE.with("value", lasts.moreThan().toString()),
              PolicyWords.ZERO_OR_MORE.said());
        }
        if (lasts.atMost() != null && lasts.atMost().compareTo(lasts.moreThan()) <= 0) {
          report(
              at + "/duration",
              PolicyWords.EMPTY_DURATION.with(
                  "from", lasts.moreThan().toString(), "to", lasts.atMost().toString()),
              PolicyWords.AT_MOST_ABOVE_MORE_THAN.said());
        }
      }
    }
  }

  private void checkBounds(String at, long atLeast, long atMost) {
    if (atLeast > atMost || atMost < 0) {
      report(
          at,
          PolicyWords.BOUNDS_CROSSED.with("from", atLeast, "to", atMost),
          PolicyWords.AT_MOST_NOT_BELOW.said());
    }
  }

  private void checkOfSpan(String at, Condition.OfSpan condition) {
    switch (condition) {
      case Condition.Attribute attribute -> {
        checkKey(at + "/attribute/key", attribute.key());
        checkTest(at + "/attribute", attribute.test());
      }
      case Condition.Root root -> {}
      case Condition.Custom custom -> {}
      case Condition.Name name -> checkTest(at + "/name", name.test());
      case Condition.EventName event -> checkTest(at + "/event", event.test());
      case Condition.Kind kind -> checkSet(at + "/kind", kind.kinds());
      case Condition.Status status -> checkSet(at + "/status", status.statuses());
      case Condition.TraceStateEntry entry -> {
        checkKey(at + "/traceState/key", entry.key());
        if (entry.test() != null) {
          checkTest(at + "/traceState", entry.test());
        }
      }
    }
  }

  private void checkKey(String at, String key) {
    if (key.isEmpty()) {
      report(at, PolicyWords.EMPTY.said(), PolicyWords.SOME_KEY.said());
    }
  }

  private void checkSet(String at, Set<?> values) {
    if (values.isEmpty()) {
      report(at, PolicyWords.EMPTY_NEVER_MATCHES.said(), PolicyWords.AT_LEAST_ONE_VALUE.said());
    }
  }

  private void checkTest(String at, ValueTest test) {
    switch (test) {
      case ValueTest.Exists exists -> {}
      case ValueTest.Flag flag -> {}
      case ValueTest.Range range -> checkRange(at, range);
      case ValueTest.In in -> checkSet(at + "/in", in.values());
      case ValueTest.StartsWith starts -> checkPart(at + "/startsWith", starts.prefix());
      case ValueTest.EndsWith ends -> checkPart(at + "/endsWith", ends.suffix());
      case ValueTest.Contains contains -> checkPart(at + "/contains", contains.part());
      case ValueTest.Matches matches -> checkPattern(at + "/matches", matches.pattern());
    }
  }

  private void checkPart(String at, String part) {
    if (part.isEmpty()) {
      report(at, PolicyWords.EMPTY_ALWAYS_MATCHES.said(), PolicyWords.TEXT_OR_EXISTS.said());
    }
  }

  private void checkPattern(String at, String pattern) {
    try {
      Regex.compile(pattern);
    } catch (RegexSyntaxException e) {
      report(
          at,
          PolicyWords.PATTERN_WRONG.with("pattern", pattern, "why", String.valueOf(e.getMessage())),
          PolicyWords.PATTERN_FORM.said());
    }
  }

  private void checkRange(String at, ValueTest.Range range) {
    BigDecimal from = range.from();
    BigDecimal to = range.to();
    if (from == null && to == null) {
      report(at, PolicyWords.NO_BOUND.said(), PolicyWords.ONE_BOUND.said());
    } else if (from != null && to != null && isEmpty(from, to, range)) {
      report(
          at,
          PolicyWords.EMPTY_RANGE.with("from", from.toString(), "to", to.toString()),
          PolicyWords.UPPER_ABOVE_LOWER.said());
    }
  }

  private static boolean isEmpty(BigDecimal from, BigDecimal to, ValueTest.Range range) {
    int order = from.compareTo(to);
    return order > 0 || (order == 0 && !(range.fromInclusive() && range.toInclusive()));
  }

  private static String quote(String text) {
    return '"' + text + '"';
  }

  private void report(String at, PolicyWords.Sentence what, PolicyWords.Sentence suggestion) {
    problems.add(PolicyProblem.of(at, what, suggestion));
  }
}
