package dev.spanthrift.kubernetes.injection;

import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What became of one pod. */
public sealed interface Injection {

  /**
   * It gets a sidecar.
   *
   * @param patch RFC 6902
   * @param pod as the patch leaves it
   * @param warnings what its owner should know, shown by kubectl
   */
  record Injected(ArrayNode patch, ObjectNode pod, List<String> warnings) implements Injection {
    public Injected {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * It gets none.
   *
   * @param words the reason with this pod's particulars
   */
  record Skipped(SkipReason reason, String words) implements Injection {}
}
