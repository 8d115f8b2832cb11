package dev.spanthrift.agent.collector.file;

import dev.spanthrift.agent.collector.reading.KeyTable;
import dev.spanthrift.agent.collector.reading.Place;
import dev.spanthrift.agent.collector.reading.Remarks;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The components that a Collector's file defines, and which of them its service starts.
 *
 * <p>Of those that are read every key is asked; of the others it is said what falls away with them.
 */
final class Definitions {
  private static final List<String> SECTIONS =
      List.of("receivers", "processors", "exporters", "connectors", "extensions");

  /** They print, profile or answer probes; nothing is sent or protected by them. */
  static final Set<String> TUNING =
      Set.of(
          "exporters/debug",
          "exporters/logging",
          "exporters/nop",
          "receivers/nop",
          "processors/remotetap",
          "extensions/health_check",
          "extensions/healthcheckv2",
          "extensions/pprof",
          "extensions/zpages",
          "extensions/opamp",
          "extensions/memory_limiter");

  /** They do nothing by themselves: what names them says what is lost. */
  static final Set<String> REFERRED =
      Set.of(
          "extensions/file_storage",
          "extensions/db_storage",
          "extensions/redis_storage",
          "extensions/headers_setter",
          "extensions/oauth2client",
          "extensions/oidc",
          "extensions/sigv4auth",
          "extensions/asapclient",
          "extensions/googleclientauth",
          "extensions/azure_auth",
          "extensions/host_observer",
          "extensions/k8s_observer",
          "extensions/docker_observer");

  private final Place root;
  private final Remarks remarks;
  private final Set<String> used = new LinkedHashSet<>();

  Definitions(Place root) {
    this.root = root;
    remarks = root.remarks();
  }

  Place at(String section, String id) {
    return root.child(section).child(id);
  }

  boolean has(String section, String id) {
    return at(section, id).exists();
  }

  /** Asks all of them. */
  void read() {
    root.children().forEach(this::section);
    KeyTable.of("service").walk(root.child("service"));
    Place service = root.child("service");
    for (Place named : service.child("extensions").elements()) {
      use("extensions", named, "an extension that is defined");
    }
    service.child("pipelines").children().forEach(this::pipeline);
    SECTIONS.forEach(this::components);
  }

  private void section(String name, Place at) {
    if (!SECTIONS.contains(name) && !name.equals("service")) {
      at.wrong("unknown section; one of " + String.join(", ", SECTIONS) + ", service");
    }
  }

  private void pipeline(String name, Place at) {
    KeyTable.of("pipeline").walk(at);
    if (!Set.of("traces", "metrics", "logs", "profiles").contains(ComponentId.type(name))) {
      at.wrong("a pipeline of traces, metrics, logs or profiles");
    }
    for (String direction : List.of("receivers", "exporters")) {
      List<Place> named = at.child(direction).elements();
      if (named.isEmpty()) {
        at.child(direction).wrong("at least one of " + direction);
      }
      named.forEach(one -> use(direction, one, "one of the " + direction + " that are defined"));
    }
    Set<String> processors = new LinkedHashSet<>();
    for (Place named : at.child("processors").elements()) {
      use("processors", named, "one of the processors that are defined");
      if (!processors.add(named.text(""))) {
        named.wrong("each processor once");
      }
    }
  }

  private void use(String section, Place named, String right) {
    String id = named.text("");
    boolean connector = !section.equals("extensions") && !section.equals("processors");
    if (has(section, id)) {
      used.add(section + "/" + id);
    } else if (connector && has("connectors", id)) {
      used.add("connectors/" + id);
    } else {
      named.wrong(right + ": " + String.join(", ", root.child(section).children().keySet()));
    }
  }

  private void components(String section) {
    for (Map.Entry<String, Place> entry : root.child(section).children().entrySet()) {
      String id = entry.getKey();
      Place at = entry.getValue();
      if (!ComponentId.isWellFormed(id)) {
        at.wrong("an id as type or type/name");
      }
      KeyTable table = KeyTable.find(ComponentId.kind(section, id));
      if (!used.contains(section + "/" + id)) {
        unused(at, table);
      } else if (table != null) {
        table.walk(at);
        Demands.of(table.name(), at);
      } else {
        missing(section, id, at);
      }
    }
  }

  /** The Collector reads them too, and starts with wrong ones as little. */
  private void unused(Place at, @Nullable KeyTable table) {
    if (table != null) {
      Place silent = new Place(at.node(), at.path(), at.name(), at.where(), remarks.problemsOnly());
      table.walk(silent);
      Demands.of(table.name(), silent);
    }
    remarks.note(at, "nothing in service names it; the Collector does not start it either");
  }

  private void missing(String section, String id, Place at) {
    String kind = ComponentId.kind(section, id);
    if (TUNING.contains(kind)) {
      remarks.leftOut(at, reason(section));
    } else if (REFERRED.contains(kind) || kind.endsWith("_encoding")) {
      remarks.note(at, "does nothing by itself; what names it says what becomes of it");
    } else {
      remarks.loss(at, reason(section));
    }
  }

  private static String reason(String section) {
    return switch (section) {
      case "receivers" -> "only OTLP is received";
      case "processors" -> "spans are not changed here, nor metrics and logs";
      case "exporters" -> "only OTLP is sent";
      case "connectors" -> "there are no connectors; what it would send is not made";
      default -> "there are no extensions; for probes and figures see the admin port";
    };
  }
}
