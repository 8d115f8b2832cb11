package dev.spanthrift.kubernetes.stream;

import dev.spanthrift.agent.control.source.Bundle;
import dev.spanthrift.agent.control.source.StreamMessage;
import java.util.Set;

/**
 * What a sidecar is to run.
 *
 * @param text the message that says it; shared by all that get the same
 * @param parts what it was made from: object and hash, see {@link #part}
 */
public record Assignment(String hash, String text, Set<String> parts) {
  public Assignment {
    parts = Set.copyOf(parts);
  }

  public static Assignment of(Bundle bundle, Set<String> parts) {
    String hash = bundle.hash();
    return new Assignment(hash, new StreamMessage.Change(hash, bundle.json()).text(), parts);
  }

  /** Name of one object's content. */
  public static String part(Object object, String hash) {
    return object + "@" + hash;
  }
}
