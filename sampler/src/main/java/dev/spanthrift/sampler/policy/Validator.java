package dev.spanthrift.sampler.policy;

import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
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
import org.jspecify.annotations.Nullable;

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
      report("/policies", policies.size() + " policies", "at most " + PolicySet.POLICIES_MAX);
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
            quote(policy.name()) + " is the name of policy " + other + " too",
            "another name");
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
              quote(name) + " has the same place as " + quote(other) + " in what a fleet reports",
              "another name");
        }
      }
    }
  }

  private void checkBits(List<Policy> policies) {
    int bits = Compiler.bitCount(policies.stream().map(Policy::match).toList());
    if (bits > Compiler.BITS_MAX) {
      report(
          "/policies",
          bits + " different questions about spans",
          "at most " + Compiler.BITS_MAX + "; equal ones count once, lists of values count once");
    }
  }

  private void checkName(String at, String name) {
    if (name.isBlank() || name.length() > NAME_MAX || name.chars().anyMatch(c -> c < ' ')) {
      report(at, quote(name), "a name of 1 to " + NAME_MAX + " printable characters");
    } else if (name.equals(PolicySet.FALLBACK_REASON)) {
      report(at, quote(name) + " is the reason where no policy matches", "another name");
    } else if (RESERVED.matcher(name).matches()) {
      report(at, quote(name) + " is a reason of the program's own", "another name");
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
      report(at, String.valueOf(p), "above 0 and at most 1; to keep nothing write drop: true");
    }
  }

  private void checkPositive(String at, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      report(at, String.valueOf(value), "a number above 0");
    }
  }

  private void checkCondition(String at, Condition condition, boolean ofOneSpan, int depth) {
    if (depth > DEPTH_MAX) {
      report(at, "nested deeper than " + DEPTH_MAX, "a flatter condition");
      return;
    }
    switch (condition) {
      case Condition.All all -> checkAll(at + "/all", all.conditions(), ofOneSpan, depth);
      case Condition.Any any -> {
        if (any.conditions().isEmpty()) {
          report(at + "/any", "empty, so it never matches", "at least one condition");
        }
        checkAll(at + "/any", any.conditions(), ofOneSpan, depth);
      }
      case Condition.Not not -> checkCondition(at + "/not", not.condition(), ofOneSpan, depth + 1);
      case Condition.SameSpan same -> {
        if (same.conditions().isEmpty()) {
          report(at + "/sameSpan", "empty", "at least one condition");
        }
        checkAll(at + "/sameSpan", same.conditions(), true, depth);
      }
      case Condition.OfTrace ofTrace -> {
        if (ofOneSpan) {
          report(at, "asks about the whole trace inside sameSpan", "move it out, into all");
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
          report(at + "/duration", lasts.moreThan() + " is negative", "0 or more");
        }
        if (lasts.atMost() != null && lasts.atMost().compareTo(lasts.moreThan()) <= 0) {
          report(
              at + "/duration",
              "more than " + lasts.moreThan() + " and at most " + lasts.atMost() + " is empty",
              "atMost above moreThan");
        }
      }
    }
  }

  private void checkBounds(String at, long atLeast, long atMost) {
    if (atLeast > atMost || atMost < 0) {
      report(at, "at least " + atLeast + " and at most " + atMost, "atMost not below atLeast");
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
      report(at, "empty", "a key");
    }
  }

  private void checkSet(String at, Set<?> values) {
    if (values.isEmpty()) {
      report(at, "empty, so it never matches", "at least one value");
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
      report(at, "empty, so every text matches", "a text, or exists: true");
    }
  }

  private void checkPattern(String at, String pattern) {
    try {
      Regex.compile(pattern);
    } catch (RegexSyntaxException e) {
      report(at, quote(pattern) + ": " + e.getMessage(), "a pattern in RE2 syntax");
    }
  }

  private void checkRange(String at, ValueTest.Range range) {
    BigDecimal from = range.from();
    BigDecimal to = range.to();
    if (from == null && to == null) {
      report(at, "a range without bounds", "at least one bound, or exists: true");
    } else if (isEmpty(from, to, range)) {
      report(at, "no number lies between " + from + " and " + to, "an upper bound above the lower");
    }
  }

  private static boolean isEmpty(
      @Nullable BigDecimal from, @Nullable BigDecimal to, ValueTest.Range range) {
    if (from == null || to == null) {
      return false;
    }
    int order = from.compareTo(to);
    return order > 0 || (order == 0 && !(range.fromInclusive() && range.toInclusive()));
  }

  private static String quote(String text) {
    return '"' + text + '"';
  }

  private void report(String at, String what, String suggestion) {
    problems.add(new PolicyProblem(at, what, suggestion));
  }
}
