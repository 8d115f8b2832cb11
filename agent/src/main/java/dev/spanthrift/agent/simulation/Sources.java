package dev.spanthrift.agent.simulation;

import dev.spanthrift.sampler.wire.Attributes;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Envelopes;
import dev.spanthrift.sampler.wire.Fields;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which pod a resource stands for: {@code k8s.pod.name}, else {@code host.name} or {@code
 * service.instance.id}, with the service's name.
 *
 * <p>Above the bound, all further pods are one, and are counted.
 */
final class Sources {
  static final int BOUND = 1_000;

  private final Attributes attributes = new Attributes();
  private final Map<String, Integer> numbers = new LinkedHashMap<>();
  private long folded;

  /** The pod of a whole batch; −1 when its resources are of several. */
  int podOf(Batch batch) {
    int pod = batch.resources().size() == 0 ? 0 : podOf(batch, 0);
    for (int row = 1; row < batch.resources().size(); row++) {
      if (podOf(batch, row) != pod) {
        return -1;
      }
    }
    return pod;
  }

  private int podOf(Batch batch, int row) {
    String name = name(batch.resources(), row);
    Integer known = numbers.get(name);
    if (known != null) {
      return known;
    }
    if (numbers.size() == BOUND) {
      folded++;
      return BOUND - 1;
    }
    numbers.put(name, numbers.size());
    return numbers.size() - 1;
  }

  private String name(Envelopes resources, int row) {
    attributes.over(
        resources.messageBuffer(row),
        resources.messageOffset(row),
        resources.messageLength(row),
        Fields.ATTRIBUTES_OF_RESOURCE);
    String service = "";
    String pod = "";
    String host = "";
    while (attributes.next()) {
      switch (key()) {
        case "service.name" -> service = SpanNames.text(attributes);
        case "k8s.pod.name" -> pod = SpanNames.text(attributes);
        case "host.name", "service.instance.id" -> host = SpanNames.text(attributes);
        default -> {}
      }
    }
    return service + "/" + (pod.isEmpty() ? host : pod);
  }

  /** A text attribute of a batch's first resource. */
  @Nullable String attribute(Batch batch, String key) {
    Envelopes resources = batch.resources();
    if (resources.size() == 0) {
      return null;
    }
    attributes.over(
        resources.messageBuffer(0),
        resources.messageOffset(0),
        resources.messageLength(0),
        Fields.ATTRIBUTES_OF_RESOURCE);
    return attributes.find(key.getBytes(StandardCharsets.UTF_8))
        ? SpanNames.text(attributes)
        : null;
  }

  private String key() {
    return new String(
        attributes.buffer(),
        attributes.keyOffset(),
        attributes.keyLength(),
        StandardCharsets.UTF_8);
  }

  int size() {
    return numbers.size();
  }

  /** Resources whose pod had to share a number. */
  long folded() {
    return folded;
  }
}
