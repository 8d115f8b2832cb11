package dev.spanthrift.helm;

import static dev.spanthrift.helm.Rendered.at;
import static dev.spanthrift.helm.Rendered.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.spanthrift.kubernetes.objects.BudgetSpec;
import dev.spanthrift.kubernetes.objects.BudgetStatus;
import dev.spanthrift.kubernetes.objects.PolicySpec;
import dev.spanthrift.kubernetes.objects.PolicyStatus;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Kinds as the chart installs them against the records that the controller reads and writes: the
 * API server drops, without a word, what a schema does not know.
 */
class KindsTest {
  private static JsonObject kind(String plural) throws IOException {
    return Rendered.parse(
        Files.readString(Chart.FOLDER.resolve("kinds").resolve(plural + ".yaml")));
  }

  private static JsonElement properties(JsonObject kind, String part) {
    return at(kind, "spec.versions.0.schema.openAPIV3Schema.properties." + part + ".properties");
  }

  private static TreeSet<String> keys(JsonObject kind, String part) {
    return new TreeSet<>(properties(kind, part).getAsJsonObject().keySet());
  }

  private static TreeSet<String> keys(Class<? extends Record> record) {
    TreeSet<String> keys = new TreeSet<>();
    for (RecordComponent component : record.getRecordComponents()) {
      JsonProperty named = component.getAccessor().getAnnotation(JsonProperty.class);
      keys.add(named == null ? component.getName() : named.value());
    }
    return keys;
  }

  @ParameterizedTest
  @ValueSource(strings = {"samplingpolicies", "clustersamplingpolicies", "samplingbudgets"})
  void theSchemaHasEveryKeyThatTheControllerReadsAndWrites(String plural) throws IOException {
    JsonObject kind = kind(plural);
    boolean money = plural.equals("samplingbudgets");
    TreeSet<String> spec = keys(money ? BudgetSpec.class : PolicySpec.class);
    if (plural.equals("samplingpolicies")) {
      spec.remove("namespaceSelector"); // it is for its own namespace
    }
    assertEquals(spec, keys(kind, "spec"));
    assertEquals(keys(money ? BudgetStatus.class : PolicyStatus.class), keys(kind, "status"));
  }

  /** {@code kubectl get}: shadow or not, whether it is accepted, and how many sidecars run it. */
  @ParameterizedTest
  @ValueSource(strings = {"samplingpolicies", "clustersamplingpolicies", "samplingbudgets"})
  void columnsAreOfKeysThatThereAre(String plural) throws IOException {
    JsonObject kind = kind(plural);
    List<String> names = new ArrayList<>();
    for (JsonElement column :
        at(kind, "spec.versions.0.additionalPrinterColumns").getAsJsonArray()) {
      names.add(text(column, "name"));
      String[] path = text(column, "jsonPath").replaceAll("\\[.*", "").split("\\.");
      if (!path[1].equals("metadata")) {
        assertTrue(keys(kind, path[1]).contains(path[2]), column::toString);
      }
    }
    assertTrue(
        names.containsAll(List.of("Mode", "Accepted", "Sidecars", "Matched")), names::toString);
    assertTrue(at(kind, "spec.versions.0.subresources").getAsJsonObject().has("status"));
  }
}
