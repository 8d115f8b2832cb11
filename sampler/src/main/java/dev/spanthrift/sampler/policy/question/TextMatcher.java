package dev.spanthrift.sampler.policy.question;

import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.policy.regex.Regex;
import dev.spanthrift.sampler.policy.regex.RegexMatcher;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Answers one {@link ValueTest.Text} over bytes; one for each thread, because a regex has state.
 */
@FunctionalInterface
public interface TextMatcher {
  boolean test(byte[] buffer, int offset, int length);

  static TextMatcher of(ValueTest.Text test) {
    return switch (test) {
      case ValueTest.In in -> in(in);
      case ValueTest.StartsWith starts -> startsWith(bytes(starts.prefix()));
      case ValueTest.EndsWith ends -> endsWith(bytes(ends.suffix()));
      case ValueTest.Contains contains -> contains(bytes(contains.part()));
      case ValueTest.Matches matches -> {
        RegexMatcher matcher = Regex.compile(matches.pattern()).matcher();
        yield matcher::find;
      }
    };
  }

  private static TextMatcher in(ValueTest.In in) {
    TextTable table = new TextTable(List.copyOf(in.values()));
    return (buffer, offset, length) -> table.find(buffer, offset, length) >= 0;
  }

  private static TextMatcher startsWith(byte[] prefix) {
    int n = prefix.length;
    return (buffer, offset, length) ->
        length >= n && Arrays.equals(buffer, offset, offset + n, prefix, 0, n);
  }

  private static TextMatcher endsWith(byte[] suffix) {
    int n = suffix.length;
    return (buffer, offset, length) ->
        length >= n && Arrays.equals(buffer, offset + length - n, offset + length, suffix, 0, n);
  }

  private static TextMatcher contains(byte[] part) {
    int n = part.length;
    return (buffer, offset, length) -> {
      int last = offset + length - n;
      for (int at = offset; at <= last; at++) {
        if (buffer[at] == part[0] && Arrays.equals(buffer, at, at + n, part, 0, n)) {
          return true;
        }
      }
      return false;
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
