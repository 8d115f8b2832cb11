package dev.spanthrift.agent.control.http;

import java.util.List;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which page of a list that grows at its young end: {@code limit} and {@code cursor}.
 *
 * @param before number of the last element of the page before
 */
public record Paging(int limit, long before) {
  private static final int LIMIT_MAX = 1_000;

  /** As in openapi.json; what it lets through is a long. */
  private static final Pattern CURSOR = Pattern.compile("[0-9a-z]{1,12}");

  /**
   * @throws ProblemException when these mean nothing
   */
  public static Paging of(int limit, @Nullable String cursor) {
    if (limit < 1 || limit > LIMIT_MAX) {
      throw ProblemException.invalid("/limit", "limit is from 1 to 1000, not " + limit, "50");
    }
    return new Paging(limit, before(cursor));
  }

  private static long before(@Nullable String cursor) {
    if (cursor == null) {
      return Long.MAX_VALUE;
    }
    if (!CURSOR.matcher(cursor).matches()) {
      throw ProblemException.invalid(
          "/cursor", "a cursor is what an answer gave as next", "leave it out to begin");
    }
    return Long.parseLong(cursor, Character.MAX_RADIX);
  }

  /** The page, of at most one more than fits. */
  public <T> List<T> page(List<T> found) {
    return found.size() > limit ? found.subList(0, limit) : found;
  }

  /** The cursor of the page after; null at the end. */
  public <T> @Nullable String next(List<T> found, ToLongFunction<T> number) {
    return found.size() > limit
        ? Long.toUnsignedString(number.applyAsLong(found.get(limit - 1)), Character.MAX_RADIX)
        : null;
  }
}
