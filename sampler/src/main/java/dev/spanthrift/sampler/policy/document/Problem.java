package dev.spanthrift.sampler.policy.document;

/**
 * One thing that is wrong with a policy document.
 *
 * @param pointer JSON pointer (RFC 6901) to it
 * @param what what is wrong, with the value
 * @param suggestion what would be right
 */
public record Problem(String pointer, String what, String suggestion) {
  @Override
  public String toString() {
    return pointer + ": " + what + "; " + suggestion;
  }
}
