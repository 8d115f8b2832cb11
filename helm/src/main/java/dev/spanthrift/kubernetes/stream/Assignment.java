package dev.spanthrift.kubernetes.stream;

import dev.spanthrift.agent.control.source.Bundle;
import dev.spanthrift.agent.control.source.StreamMessage;
import java.util.Set;

/**
 * What a sidecar is to run.
 *
 * @param text the message that says it; shared by all that get the same
 * @param parts what concerns it: object and hash, see {@link #part}
 * @param leftOut of these, what could not go in together with the others
 */
public record Assignment(String hash, String text, Set<String> parts, Set<String> leftOut) {
  public Assignment {
    parts = Set.copyOf(parts);
    leftOut = Set.copyOf(leftOut);
  }

  public static Assignment of(Bundle bundle, Set<String> parts, Set<String> leftOut) {
    String hash = bundle.hash();
    String text = new StreamMessage.Change(hash, bundle.json()).text();
    return new Assignment(hash, text, parts, leftOut);
  }

  /** Name of one object's content. */
  public static String part(Object object, String hash) {
    return object + "@" + hash;
  }
}
