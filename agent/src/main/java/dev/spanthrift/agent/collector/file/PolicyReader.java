package dev.spanthrift.agent.collector.file;

import dev.spanthrift.agent.collector.reading.Place;
import dev.spanthrift.agent.collector.reading.Remarks;
import dev.spanthrift.agent.collector.reading.Conditions;

import dev.spanthrift.agent.collector.ottl.Ottl;
import dev.spanthrift.agent.collector.ottl.OttlConditions;
import dev.spanthrift.agent.collector.ottl.OttlParser;
import dev.spanthrift.agent.collector.tail.CollectorPolicy;
import dev.spanthrift.agent.collector.tail.SpanQuestions;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.SpanStatus;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.policy.document.Where;
import dev.spanthrift.sampler.policy.regex.Regex;
import dev.spanthrift.sampler.policy.regex.RegexSyntaxException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads policies of {@code tail_sampling}.
 *
 * <p>With {@code writable} conditions come out such that they can be written down; where those ask
 * slightly else than the Collector, a note says so.
 */
final class PolicyReader {
  private static final int STATE_MEMBER_MAX = 256;
  private static final Set<String> COMBINING = Set.of("and", "not", "drop", "composite");

  private final Remarks remarks;
  private final boolean writable;

  PolicyReader(Remarks remarks, boolean writable) {
    this.remarks = remarks;
    this.writable = writable;
  }

  /** The policy, unless it cannot be carried over, which was said then. */
  Optional<CollectorPolicy> read(Place at) {
    return read(at, COMBINING);
  }

  private Optional<CollectorPolicy> read(Place at, Set<String> combining) {
    String type = at.child("type").text("");
    Place own = at.child(type);
    if (COMBINING.contains(type) && !combining.contains(type)) {
      remarks.wrong(at.child("type"), "another type; " + type + " cannot stand here");
      return Optional.empty();
    }
    return switch (type) {
      case "always_sample" -> Optional.of(new CollectorPolicy.AlwaysSample());
      case "latency" -> latency(own);
      case "numeric_attribute" -> number(own);
      case "probabilistic" ->
          Optional.of(
              new CollectorPolicy.Probabilistic(
                  own.child("hash_salt").text(""), own.child("sampling_percentage").number(0)));
      case "status_code" -> status(own);
      case "string_attribute" -> text(own);
      case "boolean_attribute" -> flag(own);
      case "trace_state" -> traceState(own);
      case "trace_flags" -> traceFlags(at);
      case "rate_limiting" -> limit(own, "spans_per_second", CollectorPolicy.Unit.SPANS);
      case "bytes_limiting" -> limit(own, "bytes_per_second", CollectorPolicy.Unit.BYTES);
      case "span_count" -> spanCount(own);
      case "ottl_condition" -> ottl(own);
      case "and" -> all(own.child("and_sub_policy"), Set.of("not")).map(CollectorPolicy.And::new);
      case "drop" ->
          all(own.child("drop_sub_policy"), Set.of("not")).map(CollectorPolicy.Drop::new);
      case "not" -> read(own.child("not_sub_policy"), Set.of()).map(CollectorPolicy.Not::new);
      case "composite" -> composite(own);
      case "" -> {
        remarks.wrong(at, "a policy with a type");
        yield Optional.empty();
      }
      default -> {
        remarks.lost(at, "policies of type " + type + " come from an extension, which is Go code");
        yield Optional.empty();
      }
    };
  }

  private Optional<CollectorPolicy> latency(Place own) {
    Place upper = own.child("upper_threshold_ms");
    if (writable && upper.whole(0) > 0) {
      remarks.differs(
          upper, "is compared with the whole trace's duration, not also with that of its parts");
    }
    return Optional.of(
        new CollectorPolicy.Latency(own.child("threshold_ms").whole(0), upper.whole(0)));
  }

  private Optional<List<CollectorPolicy>> all(Place at, Set<String> combining) {
    List<CollectorPolicy> policies = new ArrayList<>();
    int count = 0;
    for (Place element : at.elements()) {
      count++;
      read(element, combining).ifPresent(policies::add);
    }
    // Without one of them the others would mean something else.
    return policies.size() == count ? Optional.of(policies) : Optional.empty();
  }

  private static Optional<CollectorPolicy> filter(Condition condition, Place own) {
    return Optional.of(
        new CollectorPolicy.Filter(condition, own.child("invert_match").flag(false)));
  }

  private static Condition either(String key, ValueTest test) {
    return Condition.Any.of(
        new Condition.Attribute(Where.RESOURCE, key, test),
        new Condition.Attribute(Where.SPAN, key, test));
  }

  /** A bound of 0 means that there is none. */
  private Optional<CollectorPolicy> number(Place own) {
    String key = own.child("key").text("");
    long min = own.child("min_value").whole(0);
    long max = own.child("max_value").whole(0);
    if (min == 0 && max == 0) {
      remarks.wrong(own, "min_value or max_value; 0 means that there is no bound");
      return Optional.empty();
    }
    long from = min == 0 ? Long.MIN_VALUE : min;
    long to = max == 0 ? Long.MAX_VALUE : max;
    return filter(
        writable
            ? either(key, Conditions.between(min == 0 ? null : min, max == 0 ? null : max))
            : new Condition.Custom(SpanQuestions.number(key, from, to)),
        own);
  }

  private Optional<CollectorPolicy> flag(Place own) {
    String key = own.child("key").text("");
    boolean value = own.child("value").flag(false);
    return filter(
        writable
            ? either(key, new ValueTest.Flag(value))
            : new Condition.Custom(SpanQuestions.flag(key, value)),
        own);
  }

  private Optional<CollectorPolicy> text(Place own) {
    String key = own.child("key").text("");
    List<String> values = own.child("values").texts();
    if (!own.child("enabled_regex_matching").flag(false)) {
      Set<String> exact = new LinkedHashSet<>(values);
      exact.remove("");
      return filter(exact.isEmpty() ? Conditions.NEVER : either(key, new ValueTest.In(exact)), own);
    }
    for (String pattern : values) {
      try {
        Regex.compile(pattern);
      } catch (RegexSyntaxException e) {
        remarks.lost(own.child("values"), "pattern " + pattern + ": " + e.getMessage());
        return Optional.empty();
      }
    }
    return filter(patterns(key, values), own);
  }

  private Condition patterns(String key, List<String> values) {
    if (!writable) {
      return new Condition.Custom(SpanQuestions.text(key, values));
    }
    return values.isEmpty()
        ? Conditions.NEVER
        : Conditions.any(values.stream().map(p -> either(key, new ValueTest.Matches(p))).toList());
  }

  private Optional<CollectorPolicy> status(Place own) {
    Set<SpanStatus> statuses = EnumSet.noneOf(SpanStatus.class);
    for (Place element : own.child("status_codes").elements()) {
      switch (element.text("")) {
        case "OK" -> statuses.add(SpanStatus.OK);
        case "ERROR" -> statuses.add(SpanStatus.ERROR);
        case "UNSET" -> statuses.add(SpanStatus.UNSET);
        default -> remarks.wrong(element, "OK, ERROR or UNSET");
      }
    }
    if (statuses.isEmpty() && own.child("status_codes").elements().isEmpty()) {
      remarks.wrong(own, "status_codes: a list of OK, ERROR, UNSET");
    }
    return statuses.isEmpty()
        ? Optional.empty()
        : Optional.of(new CollectorPolicy.Filter(new Condition.Status(statuses), false));
  }

  private static Optional<CollectorPolicy> traceState(Place own) {
    String key = own.child("key").text("");
    Set<String> values = new HashSet<>(own.child("values").texts());
    values.removeIf(v -> v.isEmpty() || key.length() + v.length() >= STATE_MEMBER_MAX);
    Condition condition =
        values.isEmpty()
            ? Conditions.NEVER
            : new Condition.TraceStateEntry(key, new ValueTest.In(values));
    return Optional.of(new CollectorPolicy.Filter(condition, false));
  }

  private Optional<CollectorPolicy> traceFlags(Place at) {
    if (writable) {
      remarks.lost(at, "policies do not ask for trace flags");
      return Optional.empty();
    }
    return Optional.of(
        new CollectorPolicy.Filter(new Condition.Custom(SpanQuestions.SAMPLED), false));
  }

  private Optional<CollectorPolicy> limit(Place own, String key, CollectorPolicy.Unit unit) {
    long perSecond = own.child(key).whole(0);
    long burst = own.child("burst_capacity").whole(0);
    if (unit == CollectorPolicy.Unit.BYTES && !writable) {
      remarks.differs(
          own, "counts the bytes of spans, without those of resource and scope around them");
    }
    return Optional.of(
        new CollectorPolicy.Limit(perSecond, burst > 0 ? burst : perSecond * 2, unit));
  }

  private static Optional<CollectorPolicy> spanCount(Place own) {
    int min = (int) own.child("min_spans").whole(0);
    int max = (int) own.child("max_spans").whole(0);
    Condition condition =
        max != 0 && max < min
            ? Conditions.NEVER
            : new Condition.SpanCount(Math.max(0, min), max == 0 ? Integer.MAX_VALUE : max);
    return Optional.of(new CollectorPolicy.Filter(condition, false));
  }

  private Optional<CollectorPolicy> ottl(Place own) {
    List<Condition> conditions = new ArrayList<>();
    int count = 0;
    for (String kind : List.of("span", "spanevent")) {
      for (Place element : own.child(kind).elements()) {
        count++;
        ottl(element, kind.equals("spanevent")).ifPresent(conditions::add);
      }
    }
    if (count == 0) {
      remarks.wrong(own, "a condition under span or spanevent");
    }
    // Conditions are alternatives, but one that is missing would lose traces unseen.
    return count == 0 || conditions.size() < count
        ? Optional.empty()
        : Optional.of(new CollectorPolicy.Filter(Conditions.any(conditions), false));
  }

  private Optional<Condition> ottl(Place element, boolean ofEvent) {
    try {
      Ottl condition = OttlParser.parse(element.text(""), ofEvent);
      if (!writable) {
        return Optional.of(OttlConditions.exact(condition, ofEvent));
      }
      Optional<Condition> written = OttlConditions.writable(condition, ofEvent);
      if (written.isEmpty()) {
        remarks.lost(element, "no condition of ours says this");
      }
      return written;
    } catch (Ottl.UnsupportedException e) {
      remarks.lost(element, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /** Sub-policies are asked in the order in which they are listed; policy_order is not read. */
  private Optional<CollectorPolicy> composite(Place own) {
    long max = own.child("max_total_spans_per_second").whole(0);
    List<Place> listed = own.child("composite_sub_policy").elements();
    List<CollectorPolicy.Part> parts = new ArrayList<>();
    for (Place element : listed) {
      String name = element.child("name").text("");
      long share = share(own, name, max, listed.size());
      read(element, Set.of("and"))
          .ifPresent(policy -> parts.add(new CollectorPolicy.Part(name, policy, share)));
    }
    List<String> order = own.child("policy_order").texts();
    List<String> names = listed.stream().map(e -> e.child("name").text("")).toList();
    if (!order.isEmpty() && !order.equals(names)) {
      remarks.note(
          own.child("policy_order"),
          "is not read, as in the Collector; the order of composite_sub_policy holds");
    }
    return parts.size() == listed.size()
        ? Optional.of(new CollectorPolicy.Composite(max, parts))
        : Optional.empty();
  }

  private static long share(Place own, String name, long max, int parts) {
    double share = (double) max / parts;
    for (Place allocation : own.child("rate_allocation").elements()) {
      long percent = allocation.child("percent").whole(0);
      if (allocation.child("policy").text("").equals(name) && percent > 0) {
        share = (double) percent / 100 * max;
      }
    }
    return (long) share;
  }
}
