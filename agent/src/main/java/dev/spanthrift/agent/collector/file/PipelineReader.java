package dev.spanthrift.agent.collector.file;

import dev.spanthrift.agent.collector.reading.Place;
import dev.spanthrift.agent.collector.reading.Remarks;
import dev.spanthrift.agent.collector.reading.Texts;

import dev.spanthrift.agent.collector.tail.CollectorVersion;
import dev.spanthrift.agent.collector.tail.SamplingStage;
import dev.spanthrift.agent.collector.tail.TailSampling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Reads the pipelines of a Collector configuration: one for traces, which is sampled, and those of
 * the other signals, which go through.
 */
final class PipelineReader {
  private static final Set<String> SAMPLERS = Set.of("tail_sampling", "probabilistic_sampler");
  private static final Set<String> HARMLESS = Set.of("batch", "memory_limiter");

  private final Place root;
  private final Remarks remarks;
  private final boolean writable;
  private final SamplerReader samplers;
  private final Map<String, Object> settings = new LinkedHashMap<>();
  private final List<SamplingStage> stages = new ArrayList<>();
  private final Map<String, Set<String>> signalsOf = new LinkedHashMap<>(); // of exporters

  PipelineReader(Place root, CollectorVersion version, boolean writable) {
    this.root = root;
    this.writable = writable;
    remarks = root.remarks();
    samplers = new SamplerReader(remarks, version, writable);
  }

  void read() {
    root.expect(
        Set.of("receivers", "processors", "exporters", "connectors", "extensions", "service"));
    Place service = root.child("service");
    for (Place extension : service.child("extensions").elements()) {
      remarks.lost(extension, "extension " + extension.text("") + "; see the admin port");
    }
    if (service.child("telemetry").given()) {
      remarks.lost(
          service.child("telemetry"),
          "own telemetry has keys of ours, telemetry.endpoint and more");
    }
    Map<String, Place> pipelines = service.child("pipelines").children();
    if (pipelines.isEmpty()) {
      remarks.wrong(service.child("pipelines"), "at least one pipeline");
      return;
    }
    pipelines.forEach(this::exporters);
    traces(pipelines);
    receivers(pipelines);
    destinations();
  }

  private static String signal(String pipeline) {
    return pipeline.replaceFirst("/.*", "");
  }

  private static boolean isTraces(String pipeline) {
    return signal(pipeline).equals("traces");
  }

  /** Traces take one pipeline: the first that samples, else the first. */
  private void traces(Map<String, Place> pipelines) {
    List<Map.Entry<String, Place>> traces =
        pipelines.entrySet().stream().filter(e -> isTraces(e.getKey())).toList();
    if (traces.isEmpty()) {
      return;
    }
    Map.Entry<String, Place> chosen =
        traces.stream().filter(e -> samples(e.getValue())).findFirst().orElse(traces.getFirst());
    List<String> processors = chosen.getValue().child("processors").texts();
    for (Map.Entry<String, Place> other : traces) {
      List<String> others = other.getValue().child("processors").texts();
      if (!sampling(others).equals(sampling(processors))) {
        remarks.lost(other.getValue(), "traces take one pipeline only, " + chosen.getKey());
        removeSignal(other.getValue(), chosen.getValue());
      }
    }
    Map<String, Object> hold = new LinkedHashMap<>();
    hold.put("decisionWait", "1ms"); // without tail_sampling nothing waits
    settings.put("hold", hold);
    List<Place> named = chosen.getValue().child("processors").elements();
    named.forEach(processor -> processor(processor, hold));
    if (!writable) {
      new MemoryReader(root.child("processors"), remarks).fit(named, hold, remembered());
    }
    sayThatSpansAreNotDrawnSingly(named);
  }

  /** Decisions that the settings ask for. */
  private int remembered() {
    return settings.get("decisionMemory") instanceof Map<?, ?> memory
            && memory.get("tracesMax") instanceof Number traces
        ? traces.intValue()
        : 0;
  }

  /** Beside tail_sampling a priority of one span decides for all spans of its trace. */
  private void sayThatSpansAreNotDrawnSingly(List<Place> named) {
    if (writable || stages.stream().noneMatch(TailSampling.class::isInstance)) {
      return;
    }
    for (Place processor : named) {
      String id = processor.text("");
      if (ExporterReader.type(id).equals("probabilistic_sampler")) {
        remarks.differs(
            root.child("processors").child(id),
            "beside tail_sampling, a sampling.priority of one span decides for its whole trace, and"
                + " in mode hash_seed kept spans get no rv and th");
      }
    }
  }

  private static List<String> sampling(List<String> processors) {
    return processors.stream().filter(p -> SAMPLERS.contains(ExporterReader.type(p))).toList();
  }

  private static boolean samples(Place pipeline) {
    return !sampling(pipeline.child("processors").texts()).isEmpty();
  }

  private void removeSignal(Place pipeline, Place chosen) {
    List<String> kept = chosen.child("exporters").texts();
    for (String id : pipeline.child("exporters").texts()) {
      Set<String> signals = signalsOf.get(id);
      if (signals != null && !kept.contains(id)) {
        signals.remove("traces");
      }
    }
  }

  private void processor(Place named, Map<String, Object> hold) {
    String id = named.text("");
    Place at = root.child("processors").child(id);
    if (!at.exists()) {
      remarks.wrong(named, "a processor that is defined");
      return;
    }
    switch (ExporterReader.type(id)) {
      case "tail_sampling" -> {
        Map<String, Object> memory = new LinkedHashMap<>();
        stages.add(samplers.tail(at));
        SamplerReader.hold(at, hold, memory);
        settings.put("decisionMemory", memory);
      }
      case "probabilistic_sampler" -> stages.add(samplers.probabilistic(at));
      case "batch" -> batch(at);
      case "memory_limiter" -> MemoryReader.read(at, hold);
      case "groupbytrace" -> remarks.note(at, "spans of a trace wait for each other anyway");
      default -> remarks.lost(at, "spans are not changed here");
    }
  }

  private void batch(Place at) {
    at.expect(
        Set.of(
            "timeout",
            "send_batch_size",
            "send_batch_max_size",
            "metadata_keys",
            "metadata_cardinality_limit"));
    String text =
        "requests are cut by bytes, export.batchBytes 512KiB, and not at "
            + at.child("send_batch_size").whole(8192)
            + " spans";
    if (at.child("send_batch_size").given() || at.child("send_batch_max_size").given()) {
      remarks.otherwise(at, text);
    } else {
      remarks.note(at, text);
    }
    long timeout = at.child("timeout").nanos(TimeUnit.MILLISECONDS.toNanos(200));
    long most = TimeUnit.MINUTES.toNanos(1);
    settings.put("export", Map.of("delay", Texts.duration(Math.min(most, timeout))));
  }

  private void exporters(String pipeline, Place at) {
    for (Place named : at.child("exporters").elements()) {
      String id = named.text("");
      if (root.child("connectors").child(id).exists()) {
        remarks.lost(named, "connector " + id);
      } else if (!root.child("exporters").child(id).exists()) {
        remarks.wrong(named, "an exporter that is defined");
      } else if (!ExporterReader.isOtlp(id)) {
        remarks.lost(root.child("exporters").child(id), "only OTLP is sent");
      } else {
        signalsOf.computeIfAbsent(id, i -> new LinkedHashSet<>()).add(signal(pipeline));
      }
    }
    if (!isTraces(pipeline)) {
      at.child("processors").elements().forEach(this::processorOfOthers);
    }
  }

  private void processorOfOthers(Place named) {
    String id = named.text("");
    if (!HARMLESS.contains(ExporterReader.type(id))) {
      remarks.lost(named, "processor " + id + "; metrics and logs go through as they are");
    }
  }

  private void receivers(Map<String, Place> pipelines) {
    Set<String> ids = new LinkedHashSet<>();
    for (Place pipeline : pipelines.values()) {
      for (Place named : pipeline.child("receivers").elements()) {
        String id = named.text("");
        Place at = root.child("receivers").child(id);
        if (root.child("connectors").child(id).exists()) {
          remarks.lost(named, "connector " + id);
        } else if (!at.exists()) {
          remarks.wrong(named, "a receiver that is defined");
        } else if (!ExporterReader.type(id).equals("otlp")) {
          remarks.lost(at, "only OTLP is received");
        } else if (ids.add(id) && ids.size() > 1) {
          remarks.lost(at, "there is one pair of ports");
        }
      }
    }
    if (ids.isEmpty()) {
      remarks.wrong(root.child("receivers"), "an otlp receiver in a pipeline");
    } else {
      Place first = root.child("receivers").child(ids.iterator().next());
      settings.put("listen", new ReceiverReader(remarks).read(first));
    }
  }

  private void destinations() {
    ExporterReader reader = new ExporterReader(remarks);
    List<Map<String, Object>> destinations = new ArrayList<>();
    signalsOf.forEach(
        (id, signals) -> {
          if (!signals.isEmpty()) {
            destinations.addAll(reader.read(id, root.child("exporters").child(id), signals));
          }
        });
    if (destinations.isEmpty()) {
      remarks.wrong(root.child("exporters"), "an otlp or otlphttp exporter in a pipeline");
    }
    settings.put("destinations", destinations);
  }

  Map<String, Object> settings() {
    return settings;
  }

  List<SamplingStage> stages() {
    return stages;
  }
}
