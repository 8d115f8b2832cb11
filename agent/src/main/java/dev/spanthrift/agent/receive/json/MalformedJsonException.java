package dev.spanthrift.agent.receive.json;

/**
 * The bytes are not an OTLP/JSON request: the only exception that converting throws, whatever the
 * input.
 *
 * <p>Says where ({@code /resourceSpans/0/resource}) and what, never a value of the input. Has no
 * stack trace, because the input is to blame.
 */
public final class MalformedJsonException extends RuntimeException {
  private static final int PATH_MAX = 200; // characters; names in the input are not ours

  MalformedJsonException(String path, String what) {
    super(printable(shortened(path) + ": " + what), null, false, false);
  }

  private static String shortened(String path) {
    return path.isEmpty()
        ? "/"
        : path.length() > PATH_MAX ? path.substring(0, PATH_MAX) + "..." : path;
  }

  private static String printable(String message) {
    return message.replaceAll("[\\p{Cntrl}\\x80-\\x9f]", "?");
  }
}
