package dev.spanthrift.agent.control.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.control.http.JsonDifference;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One line of the audit: a change, and the hash of the line before.
 *
 * @param number from 1, without gaps
 * @param at RFC 3339
 * @param action such as {@code policy.put}
 * @param from what was in force, such as a version; missing where there was nothing
 * @param diff what changed, the first hundred places; where a value is large, how large
 * @param previous hash of the line before; 64 zeros for the first
 * @param hash SHA-256 of this line's JSON with sorted keys and without its hash
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AuditEntry(
    long number,
    String at,
    String who,
    String action,
    String reason,
    String requestId,
    @Nullable String from,
    @Nullable String to,
    List<JsonDifference> diff,
    String previous,
    String hash) {
  static final String FIRST = "0".repeat(64);

  public AuditEntry {
    diff = List.copyOf(diff);
  }

  /** The same with the hash that belongs to it. */
  AuditEntry sealed() {
    return new AuditEntry(
        number,
        at,
        who,
        action,
        reason,
        requestId,
        from,
        to,
        diff,
        previous,
        hashOf((ObjectNode) json()));
  }

  /** About what it takes as JSON. */
  long bytes() {
    return BodyFormat.canonical(json()).length();
  }

  JsonNode json() {
    return JsonMapper.shared().valueToTree(this);
  }

  static String hashOf(ObjectNode line) {
    ObjectNode rest = line.deepCopy();
    rest.remove("hash");
    try {
      byte[] text = BodyFormat.canonical(rest).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
