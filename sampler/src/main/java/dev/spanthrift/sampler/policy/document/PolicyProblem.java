package dev.spanthrift.sampler.policy.document;

/**
 * One thing that is wrong with a policy document, in words for its author; also as the REST API
 * shows it.
 *
 * @param pointer JSON pointer (RFC 6901) to it, empty for the whole document
 * @param detail what is wrong, with the value
 * @param suggestion what would be right, empty when there is nothing to say
 */
public record PolicyProblem(String pointer, String detail, String suggestion) {
  @Override
  public String toString() {
    String place = pointer.isEmpty() ? "" : pointer + ": ";
    return place + detail + (suggestion.isEmpty() ? "" : "; " + suggestion);
  }
}
