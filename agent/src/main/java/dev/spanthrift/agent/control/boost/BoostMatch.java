package dev.spanthrift.agent.control.boost;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.ValueTest;
import dev.spanthrift.sampler.policy.document.Where;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which traces: those with one span that has all of this.
 *
 * @param service its name; null: any
 * @param operation the span's name, or its beginning where a star is at the end; null: any
 * @param attribute of the span; null: any
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BoostMatch(
    @Nullable String service, @Nullable String operation, @Nullable OfAttribute attribute) {
  private static final String SERVICE = "service.name";

  /** A text attribute with this value. */
  public record OfAttribute(String key, String equals) {}

  public BoostMatch {
    if (service == null && operation == null && attribute == null) {
      throw new IllegalArgumentException("a boost matches something");
    }
  }

  /** As policies ask it. */
  public Condition condition() {
    List<Condition> all = new ArrayList<>();
    if (service != null) {
      all.add(new Condition.Attribute(Where.RESOURCE, SERVICE, ValueTest.In.of(service)));
    }
    if (operation != null) {
      all.add(
          new Condition.Name(
              operation.endsWith("*")
                  ? new ValueTest.StartsWith(operation.substring(0, operation.length() - 1))
                  : ValueTest.In.of(operation)));
    }
    if (attribute != null) {
      all.add(
          new Condition.Attribute(
              Where.SPAN, attribute.key(), ValueTest.In.of(attribute.equals())));
    }
    return all.size() == 1 ? all.getFirst() : new Condition.SameSpan(all);
  }

  /** The same without what a recording does not know; null when nothing is left. */
  @Nullable BoostMatch recorded() {
    if (attribute == null) {
      return this;
    }
    return service == null && operation == null ? null : new BoostMatch(service, operation, null);
  }

  /** In words. */
  public String words() {
    List<String> words = new ArrayList<>();
    words.add(operation == null ? "all" : operation);
    if (service != null) {
      words.add("of " + service);
    }
    if (attribute != null) {
      words.add("with " + attribute.key() + " = " + attribute.equals());
    }
    return String.join(" ", words);
  }
}
