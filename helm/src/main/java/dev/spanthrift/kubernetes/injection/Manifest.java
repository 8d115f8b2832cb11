package dev.spanthrift.kubernetes.injection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/**
 * Documents of a manifest: pods and the workloads that make them get their sidecar, all else stays
 * as it is.
 */
public final class Manifest {
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
          .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
          .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .disable(YAMLWriteFeature.SPLIT_LINES)
          .build();
  private static final Map<String, String> TEMPLATES =
      Map.of(
          "Pod", "",
          "Deployment", "/spec/template",
          "ReplicaSet", "/spec/template",
          "StatefulSet", "/spec/template",
          "DaemonSet", "/spec/template",
          "Job", "/spec/template",
          "CronJob", "/spec/jobTemplate/spec/template");

  private Manifest() {}

  /**
   * What came out.
   *
   * @param yaml all documents
   * @param notes a line for each that got a sidecar or did not, and warnings
   * @param injected how many got one
   */
  public record Outcome(String yaml, List<String> notes, int injected) {
    public Outcome {
      notes = List.copyOf(notes);
    }
  }

  /**
   * @param namespace of objects that name none
   * @throws IllegalArgumentException when the text is no YAML
   */
  public static Outcome inject(PodInjector injector, String text, String namespace) {
    List<String> notes = new ArrayList<>();
    List<String> documents = new ArrayList<>();
    int injected = 0;
    for (JsonNode document : read(text)) {
      injected += injectAll(injector, document, namespace, notes);
      documents.add(write(document));
    }
    return new Outcome(String.join("---\n", documents), notes, injected);
  }

  /** An object, or each of a List. */
  private static int injectAll(
      PodInjector injector, JsonNode document, String namespace, List<String> notes) {
    if (document.path("kind").asString("").equals("List")) {
      int injected = 0;
      for (JsonNode item : document.path("items")) {
        injected += injectAll(injector, item, namespace, notes);
      }
      return injected;
    }
    return injectOne(injector, document, namespace, notes) ? 1 : 0;
  }

  private static boolean injectOne(
      PodInjector injector, JsonNode object, String namespace, List<String> notes) {
    String kind = object.path("kind").asString("");
    String template = TEMPLATES.get(kind);
    if (template == null || !(object.at(template) instanceof ObjectNode pod)) {
      return false;
    }
    String name = Json.name(object.path("metadata"));
    String space = object.path("metadata").path("namespace").asString(namespace);
    PodOwner owner = kind.equals("Pod") ? null : PodOwner.of(kind, name);
    String who = kind + " " + (space.isEmpty() ? "" : space + "/") + name + ": ";
    switch (injector.injectAsked(pod, PodNamespace.named(space), owner)) {
      case Injection.Injected done -> {
        pod.setAll(done.pod());
        notes.add(who + "injected");
        done.warnings().forEach(warning -> notes.add(who + warning));
        return true;
      }
      case Injection.Skipped(SkipReason reason, String words) -> {
        notes.add(who + "left alone (" + reason.word() + "): " + words);
        return false;
      }
    }
  }

  private static List<JsonNode> read(String text) {
    try (MappingIterator<JsonNode> documents = YAML.readerFor(JsonNode.class).readValues(text)) {
      List<JsonNode> all = new ArrayList<>();
      for (JsonNode document : documents.readAll()) {
        if (document.isObject()) {
          all.add(document);
        } else if (!document.isNull() && !document.isMissingNode()) {
          throw new IllegalArgumentException("a document is no object: " + shortened(document));
        }
      }
      return all;
    } catch (JacksonException e) {
      throw new IllegalArgumentException("no YAML: " + e.getOriginalMessage(), e);
    }
  }

  private static String shortened(JsonNode document) {
    String text = document.toString();
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }

  /** Any tree as YAML; texts that look like something else are quoted. */
  public static String write(@Nullable JsonNode document) {
    return YAML.writeValueAsString(document);
  }
}
