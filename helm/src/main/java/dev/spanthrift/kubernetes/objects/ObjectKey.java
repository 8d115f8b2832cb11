package dev.spanthrift.kubernetes.objects;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Objects;

/**
 * Which object; its text is for people and stands in the sidecars' answers.
 *
 * @param namespace empty for those of the whole cluster
 */
public record ObjectKey(String kind, String namespace, String name)
    implements Comparable<ObjectKey> {
  public static ObjectKey of(HasMetadata object) {
    return new ObjectKey(
        object.getKind(),
        Objects.requireNonNullElse(object.getMetadata().getNamespace(), ""),
        object.getMetadata().getName());
  }

  @Override
  public int compareTo(ObjectKey other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return kind + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
  }
}
