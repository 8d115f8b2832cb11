package dev.spanthrift.sampler.policy.regex;

/** A pattern is not in the syntax; says what and at which character. */
public final class RegexSyntaxException extends RuntimeException {
  RegexSyntaxException(String what, int position) {
    super(what + " at character " + position);
  }
}
