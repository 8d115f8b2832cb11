package dev.spanthrift.agent.control.http;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/** If-Match and If-None-Match (RFC 9110 §13.1): lists of entity tags, or a star. */
public final class EntityTags {
  private EntityTags() {}

  /** If-Match of a change: without it somebody else's would be overwritten unseen. */
  public static String required(@Nullable String ifMatch) {
    if (ifMatch == null || ifMatch.isBlank()) {
      throw new ProblemException(
          ProblemType.IF_MATCH_REQUIRED, "the request does not say what it replaces");
    }
    return ifMatch;
  }

  /** If-Match: only strong tags count. */
  public static boolean strongly(String header, List<String> current) {
    return tags(header).anyMatch(tag -> tag.equals("*") || current.contains(tag));
  }

  /** If-None-Match: a weak tag counts like its strong one; no header matches nothing. */
  public static boolean weakly(@Nullable String header, String current) {
    return header != null
        && tags(header)
            .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag)
            .anyMatch(tag -> tag.equals("*") || tag.equals(current));
  }

  /**
   * The tag of what moves by itself, as a progress does: strong, since it changes with all that is
   * shown, and still a change is locked by its first part alone. Else whoever wants to end a job
   * would have to be faster than the job.
   *
   * @param lock changes when something else would be ended or replaced
   * @param shown changes with whatever else is answered
   */
  public static String moving(String lock, String shown) {
    return '"' + lock + '.' + shown + '"';
  }

  /** If-Match of a change that is locked by the first part of such tags. */
  public static boolean locks(String header, String lock) {
    return tags(header).anyMatch(tag -> tag.equals("*") || tag.startsWith('"' + lock + '.'));
  }

  /** Answers a GET: 304 where the client has it already. */
  public static <T> ResponseEntity<T> answer(@Nullable String ifNoneMatch, String etag, T body) {
    return weakly(ifNoneMatch, etag)
        ? ResponseEntity.status(HttpStatus.NOT_MODIFIED).eTag(etag).build()
        : ResponseEntity.ok().eTag(etag).body(body);
  }

  // Our own tags hold no comma, so that splitting at commas never cuts one of them.
  private static Stream<String> tags(String header) {
    return Arrays.stream(header.split(",")).map(String::strip);
  }
}
