package dev.spanthrift.agent.control.http;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.stream.Collectors;

/** All that the API has to remark, each with its English sentence; what changes is in braces. */
public enum NoteCode {
  FORECAST_SOON("a forecast comes in {seconds} s"),
  FORECAST_WITHOUT_TRAFFIC("not enough data: no traffic in the last hours"),
  CLOCK_JUMPED("the clock has jumped; the new time counts once it has stood for ten minutes"),
  NOTHING_COSTS("sampling now saves nothing: by this price model spans cost nothing"),
  LIMIT_KEPT("sampling saves no money, but keeping all would break the vendor's limit of {meter}"),
  ALL_INCLUDED("sampling now saves nothing: all that is expected is included in the plan"),
  COSTS_MORE("this program has cost more than it has saved: see savedGross and ownCost"),
  INCLUDED_LEFT("less than the list price is paid while what is included or committed lasts"),

  WAITS("Waits: its spans are gathered, and it is not decided yet."),
  WAITS_FOR_OTHERS("Decided, and waits for what other sidecars say."),
  KEPT_FORGOTTEN("Kept; what the decision was made from is forgotten."),
  DROPPED_FORGOTTEN("Dropped; what the decision was made from is forgotten."),
  NOT_SEEN("Not seen here, or so long ago that it is forgotten."),

  SEEN_ELSEWHERE("its spans went to another sidecar, or to the backend without one"),
  NOT_SAMPLED("the SDK did not sample it"),
  NOT_NOTED("decisions are not noted: explain.bytesMax is 0"),
  BEFORE_THE_LAST("it was decided before the last {decisions} decisions, {hours} hours ago"),
  UNJUDGED(
      "it came while the kill switch let everything pass, or was dropped unjudged under pressure"),
  NOT_ARRIVED("it has not arrived yet: SDKs send every few seconds"),

  UNDER_VERSION("policy version {version}"),
  UNDER_TIMES("{times} times the probability"),
  UNDER_MANY_TIMES("many times the probability"),
  SPANS_NOT_RECORDED("its spans are not recorded, see recording.bytesMax"),
  ASKS_UNRECORDED(
      "policy {policy} comes first and asks for attributes, events or trace state, which are not"
          + " recorded"),
  POLICY_DECIDES("policy {policy} decides"),
  POLICY_DRAWS(
      "policy {policy} decides: probability {probability}, and it needs at least {needed}"),
  POLICY_RATE("policy {policy} decides by a rate, which depends on the traffic then"),
  POLICY_TO_BUDGET("policy {policy} decides by leaving it there"),
  ANY_PROBABILITY("any probability from {needed} keeps it"),
  NEEDS_PROBABILITY("it needs at least {needed}; what other money does stands below"),

  UNDER_BUDGET("budget {budget}"),
  UNDER_TWICE("twice the budget ({currency} {amount} an hour)"),
  UNDER_HALF("half the budget ({currency} {amount} an hour)"),
  UNDER_BUDGET_HERE("budget {budget}, all of it for this one sidecar"),
  UNDER_TWICE_HERE("twice this sidecar's part of the budget ({currency} {amount} an hour)"),
  UNDER_HALF_HERE("half this sidecar's part of the budget ({currency} {amount} an hour)"),
  NO_BUDGET_ASKED("no budget was asked: {policy} decides whatever the money is"),
  PLAYED_DRAW(
      "probability {probability}, and it needs at least {needed}; from the {spans} spans recorded"
          + " in {seconds} s until then"),
  PLAYED_AS("decided as {reason}; from the {spans} spans recorded in {seconds} s until then"),
  DROPPED_BY_MORE(
      "{why}; less money kept it: each budget keeps other traces before it, and leaves another rest"
          + " for it"),
  KEPT_BY_LESS(
      "{why}; more money dropped it: each budget keeps other traces before it, and leaves another"
          + " rest for it"),
  ABOUT("approximation: probability about {probability}, and it needs at least {needed}; {why}"),
  ONLY_PLAYED("a budget of this kind can only be played, and {why}"),
  MONEY_FOR_ALL("there was money for all of its kind, and how much more is not known, and {why}"),
  RECORDED_IN_PART("{missing} of its {spans} spans are not recorded any more"),
  VERSION_FORGOTTEN("the policies that it was decided by are forgotten"),
  POLICY_ASKS_UNRECORDED(
      "policy {policy} asks for attributes, events or trace state, which are not recorded"),
  BEGINNING_FORGOTTEN(
      "what came before the recording is forgotten, and what was learned from it is not at hand"),
  NOT_REPRODUCED(
      "the recording, played with the budget of now, gives it probability {played} where it had"
          + " {probability}"),
  NOT_REPRODUCED_AS(
      "the recording, played with the budget of now, decides it as {reason} where it had"
          + " probability {probability}"),
  NOT_REPRODUCED_BUT(
      "the recording, played with the budget of now, gives it another outcome than it had"),
  PLAYS_TOO_LONG("to play the recording takes too long"),
  ANOTHER_AT_WORK("another simulation is at work"),
  NO_ROOM("{spans} recorded spans need {neededMiB} MiB of heap, and {freeMiB} are free"),
  ROOM_ENDED("ended on the way: memory is needed elsewhere"),
  RECORDING_IS_OFF("recording is off"),
  NOTHING_RECORDED("no span has come yet"),
  OVER_POLICY_SHARE(
      "{policy} wanted it for certain, beyond the policies' share of the money, and how much of"
          + " that was left is not recorded"),
  IN_POLICY_SHARE(
      "{policy} keeps for certain while the policies' share of the money lasts, and how long"
          + " another budget's lasts is not known"),
  SHARE_NOT_CAPPED("of a share of the traffic the policies' share is not known beforehand"),
  WAITS_STILL("it still waits for what other sidecars say, and what becomes of it is not known"),
  DRAWN_OTHERWISE(
      "its trace state decided, too, with a threshold or randomness, and is not recorded"),

  NO_PRICE("nothing has a price: set price.perGb or a price model"),
  BY_LIST_PRICE(
      "money is by the list price of each minute; what is included or committed is in the books of"
          + " /api/v1/spend"),
  LATE_NOT_KEPT("late spans of traces that were kept count as received and not as kept"),

  SHORT_RECORDING("the recording covers less than a minute: not enough data for a good estimate"),
  NOTHING_MATCHES("nothing in the recording matches"),
  ATTRIBUTES_AT_MOST("attributes are not recorded: this is what it costs at most"),
  LESS_MAY_BE_KEPT(
      "policies that ask for attributes, events or trace state do not match in the recording: less"
          + " may be kept without the boost than is shown"),

  POLICIES_NOT_MATCHED(
      "policies that ask for attributes, events or trace state do not match in the recording"),
  NOT_ALL_WEIGHED("not all changes were weighed: {why}"),
  RECORDING_IS_LONG("the recording is long"),
  ADD_ERRORS("keep every trace with an error"),
  ADD_ERRORS_WHY("no rule keeps errors, so that some are lost"),
  ADD_FEWER("keep {probability%} of {operation}"),
  ADD_FEWER_WHY(
      "{operation} of {service} takes {share%} of the kept bytes and fails in {errorRate%}"),
  REMOVE_RULE("remove {policy}"),
  REMOVE_RULE_WHY("it matched none of {traces} traces since it came"),
  UPDATE_RULE("lower {policy} to {probability%}"),
  UPDATE_RULE_WHY("it keeps much of what is kept"),
  KEEP_RULE("leave {policy} as it is"),
  KEEP_RULE_WHY("the effect is that of taking it away");

  private final String text;

  NoteCode(String text) {
    this.text = text;
  }

  /** The English sentence, with names in braces. */
  String text() {
    return text;
  }

  /** What its values are called. */
  public Set<String> names() {
    return Note.VALUE
        .matcher(text)
        .results()
        .map((MatchResult at) -> at.group(1))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** As it stands in an answer: lower camel case. */
  @JsonValue
  public String word() {
    String[] parts = name().toLowerCase(Locale.ROOT).split("_", -1);
    return parts[0]
        + Arrays.stream(parts)
            .skip(1)
            .map(part -> part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1))
            .collect(Collectors.joining());
  }
}
