package dev.spanthrift.agent.collector.file;

import dev.spanthrift.agent.collector.ottl.Ottl;
import dev.spanthrift.agent.collector.ottl.OttlParser;
import dev.spanthrift.agent.collector.ottl.OttlPolicy;
import dev.spanthrift.agent.collector.reading.Conditions;
import dev.spanthrift.agent.collector.reading.KeyTable;
import dev.spanthrift.agent.collector.reading.Place;
import dev.spanthrift.agent.collector.reading.Remarks;
import dev.spanthrift.agent.collector.reading.Words;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads policies of {@code tail_sampling}.
 *
 * <p>With {@code writable} conditions come out such that they can be written down; where those ask
 * slightly else than the Collector, a note says so.
 */
final class PolicyReader {
  private static final int STATE_MEMBER_MAX = 256;
  private static final Set<String> STATUSES = Set.of("OK", "ERROR", "UNSET");
  private static final String POLICY = "policy ";
  private static final Set<String> TYPES =
      KeyTable.tables().stream()
          .map(KeyTable::name)
          .filter(name -> name.startsWith(POLICY))
          .map(name -> name.substring(POLICY.length()))
          .collect(Collectors.toUnmodifiableSet());
  private static final Set<String> KEYS =
      Stream.concat(Stream.of("name", "type"), TYPES.stream())
          .collect(Collectors.toUnmodifiableSet());
  private static final Set<String> COMBINING = Set.of("and", "not", "drop", "composite");

  private final Remarks remarks;
  private final boolean writable;
  private final Set<String> extensions;

  /**
   * A reader.
   *
   * @param extensions whose types policies may have
   */
  PolicyReader(Remarks remarks, boolean writable, Set<String> extensions) {
    this.remarks = remarks;
    this.writable = writable;
    this.extensions = extensions;
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
    if (!keys(at, type)) {
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
      default -> Optional.empty(); // which was said
    };
  }

  /** Asks its keys; false when nothing is known of its type. */
  private boolean keys(Place at, String type) {
    boolean extension = extensions.contains(type);
    if (type.isEmpty()) {
      at.child("type").wrong("a policy with a type");
    } else if (extension) {
      remarks.loss(at, "policies of type " + type + " come from an extension, which is Go code");
    } else if (KeyTable.find(POLICY + type) == null) {
      remarks.wrong(
          at.child("type"), "\"" + type + "\" is no type of policy; " + nearest(type, TYPES));
    }
    at.children().forEach((key, child) -> key(key, child, type));
    return KeyTable.find(POLICY + type) != null;
  }

  private void key(String key, Place at, String type) {
    KeyTable table = KeyTable.find(POLICY + key);
    if (table != null && key.equals(type)) {
      table.walk(at);
    } else if (table != null) {
      remarks.note(at, "is not asked, because the type is " + type);
    } else if (!KEYS.contains(key) && !extensions.contains(key)) {
      at.wrong("unknown key; " + nearest(key, KEYS));
    }
  }

  private static String nearest(String word, Set<String> known) {
    return Words.instead(word, known);
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
    return filter(patterns(key, compiled(own.child("values"))), own);
  }

  /** The patterns that can be read; the Collector does not start with one that is none. */
  private static List<String> compiled(Place at) {
    List<String> patterns = new ArrayList<>();
    for (Place element : at.elements()) {
      String pattern = element.text("");
      try {
        Regex.compile(pattern);
        patterns.add(pattern);
      } catch (RegexSyntaxException e) {
        String why =
            "\"" + pattern + "\" is no regular expression that can be read: " + e.getMessage();
        at.remarks().wrong(element, why);
      }
    }
    return patterns;
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
        default -> {
          String word = element.text("");
          remarks.wrong(element, "\"" + word + "\" is no status code; " + nearest(word, STATUSES));
        }
      }
    }
    if (statuses.isEmpty() && own.child("status_codes").elements().isEmpty()) {
      remarks.wrong(own.child("status_codes"), "a list of OK, ERROR, UNSET");
    }
    return statuses.isEmpty()
        ? Optional.empty()
        : Optional.of(new CollectorPolicy.Filter(new Condition.Status(statuses), false));
  }

  private Optional<CollectorPolicy> traceState(Place own) {
    String key = own.child("key").text("");
    Set<String> values = new HashSet<>(own.child("values").texts());
    values.removeIf(v -> v.isEmpty() || key.length() + v.length() >= STATE_MEMBER_MAX);
    Condition condition =
        values.isEmpty()
            ? Conditions.NEVER
            : writable
                ? new Condition.TraceStateEntry(key, new ValueTest.In(values))
                : new Condition.Custom(SpanQuestions.traceState(key, values));
    return Optional.of(new CollectorPolicy.Filter(condition, false));
  }

  private Optional<CollectorPolicy> traceFlags(Place at) {
    if (writable) {
      remarks.loss(at, "policies do not ask for trace flags");
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
    OttlPolicy.ErrorMode mode = errorMode(own.child("error_mode"));
    List<Place> ofSpan = own.child("span").elements();
    List<Place> ofEvent = own.child("spanevent").elements();
    if (ofSpan.isEmpty() && ofEvent.isEmpty()) {
      remarks.wrong(own, "a condition under span or spanevent");
      return Optional.empty();
    }
    OttlPolicy policy = new OttlPolicy(conditions(ofSpan, false), conditions(ofEvent, true), mode);
    if (policy.ofSpan().isEmpty() && policy.ofEvent().isEmpty()) {
      return Optional.empty();
    }
    return writable
        ? policy.writable().map(condition -> new CollectorPolicy.Filter(condition, false))
        : Optional.of(new CollectorPolicy.OttlCondition(policy));
  }

  private OttlPolicy.ErrorMode errorMode(Place at) {
    return switch (at.text("")) {
      case "ignore" -> OttlPolicy.ErrorMode.IGNORE;
      case "silent", "" -> OttlPolicy.ErrorMode.SILENT;
      case "propagate" -> OttlPolicy.ErrorMode.PROPAGATE;
      default -> OttlPolicy.ErrorMode.SILENT; // which was said
    };
  }

  /** Conditions are alternatives: those that are read keep what they keep without the others. */
  private List<Ottl.Test> conditions(List<Place> elements, boolean ofEvent) {
    List<Ottl.Test> conditions = new ArrayList<>();
    for (Place element : elements) {
      try {
        Ottl.Test condition = OttlParser.parse(element.text(""), ofEvent);
        if (writable && alone(condition, ofEvent).writable().isEmpty()) {
          remarks.loss(element, "no condition of ours says this");
        } else {
          conditions.add(condition);
        }
      } catch (Ottl.InvalidException e) {
        remarks.wrong(element, String.valueOf(e.getMessage()));
      } catch (Ottl.UnsupportedException e) {
        remarks.loss(element, String.valueOf(e.getMessage()));
      }
    }
    return conditions;
  }

  private static OttlPolicy alone(Ottl.Test condition, boolean ofEvent) {
    List<Ottl.Test> one = List.of(condition);
    return new OttlPolicy(
        ofEvent ? List.of() : one, ofEvent ? one : List.of(), OttlPolicy.ErrorMode.SILENT);
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
    // Each part has an allocation of its own, so those that are read stand without the others.
    return parts.isEmpty()
        ? Optional.empty()
        : Optional.of(new CollectorPolicy.Composite(max, parts));
  }

  private static long share(Place own, String name, long max, int parts) {
    double share = (double) max / parts;
    for (Place allocation : own.child("rate_allocation").elements()) {
      KeyTable.of("rate_allocation").walk(allocation);
      long percent = allocation.child("percent").whole(0);
      if (allocation.child("policy").text("").equals(name) && percent > 0) {
        share = (double) percent / 100 * max;
      }
    }
    return (long) share;
  }
}
