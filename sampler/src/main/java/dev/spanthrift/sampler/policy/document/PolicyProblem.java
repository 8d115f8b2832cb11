package dev.spanthrift.sampler.policy.document;

import java.util.List;
import java.util.Map;

/**
 * One thing that is wrong with a policy document, in words for its author; also as the REST API
 * shows it.
 *
 * @param pointer JSON pointer (RFC 6901) to it, empty for the whole document
 * @param detail what is wrong, with the value
 * @param suggestion what would be right, empty when there is nothing to say
 * @param notes these two by code, so that they can be said in another language; empty where they
 *     have none
 */
public record PolicyProblem(
    String pointer, String detail, String suggestion, List<SentenceCode> notes) {

  /**
   * A sentence by code.
   *
   * @param code stays the same while the words may change
   */
  public record SentenceCode(String code, Map<String, Object> values) {
    public SentenceCode {
      values = Map.copyOf(values);
    }
  }

  public PolicyProblem {
    notes = List.copyOf(notes);
  }

  /** In words of its own. */
  public PolicyProblem(String pointer, String detail, String suggestion) {
    this(pointer, detail, suggestion, List.of());
  }

  public static PolicyProblem of(
      String pointer, PolicyWords.Sentence detail, PolicyWords.Sentence suggestion) {
    return new PolicyProblem(
        pointer, detail.text(), suggestion.text(), List.of(detail.note(), suggestion.note()));
  }

  /** Where nothing would be right. */
  public static PolicyProblem of(String pointer, PolicyWords.Sentence detail) {
    return new PolicyProblem(pointer, detail.text(), "", List.of(detail.note()));
  }

  @Override
  public String toString() {
    String place = pointer.isEmpty() ? "" : pointer + ": ";
    return place + detail + (suggestion.isEmpty() ? "" : "; " + suggestion);
  }
}
