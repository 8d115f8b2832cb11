package dev.spanthrift.agent.collector.file;

import dev.spanthrift.agent.collector.reading.Place;
import dev.spanthrift.agent.collector.reading.Remarks;
import dev.spanthrift.agent.collector.tail.CollectorVersion;
import dev.spanthrift.agent.collector.tail.SamplingStage;
import dev.spanthrift.agent.collector.tail.TailSampling;
import dev.spanthrift.agent.config.settings.Values;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Reads the pipelines of a Collector configuration: those for traces, which are sampled as one, and
 * those of the other signals, which go through.
 */
final class PipelineReader {
  private static final Set<String> SAMPLERS = Set.of("tail_sampling", "probabilistic_sampler");
  private static final Set<String> OF_TRACES = Set.of("tail_sampling", "groupbytrace");

  private final Place root;
  private final Remarks remarks;
  private final boolean writable;
  private final Definitions definitions;
  private final SamplerReader samplers;
  private final Map<String, Object> settings = new LinkedHashMap<>();
  private final List<SamplingStage> stages = new ArrayList<>();
  private final Map<String, Set<String>> signalsOf = new LinkedHashMap<>(); // of exporters
  private String batch = "";

  PipelineReader(Place root, CollectorVersion version, boolean writable) {
    this.root = root;
    this.writable = writable;
    remarks = root.remarks();
    definitions = new Definitions(root);
    samplers =
        new SamplerReader(remarks, version, writable, root.child("extensions").children().keySet());
  }

  void read() {
    definitions.read();
    Place service = root.child("service");
    Map<String, Place> pipelines = service.child("pipelines").children();
    if (pipelines.isEmpty()) {
      service.child("pipelines").wrong("at least one pipeline");
      return;
    }
    Map<String, Place> fed = fed(pipelines);
    fed.forEach(this::exporters);
    traces(fed);
    fed.forEach(this::others);
    destinations();
  }

  /** The pipelines that OTLP comes into, by the one receiver whose ports are opened. */
  private Map<String, Place> fed(Map<String, Place> pipelines) {
    String opened = "";
    for (Map.Entry<String, Place> pipeline : pipelines.entrySet()) {
      for (String id : otlp(pipeline.getValue())) {
        if (opened.isEmpty() || isTraces(pipeline.getKey()) && !tracesCome(pipelines, opened)) {
          opened = id;
        }
      }
    }
    Map<String, Place> fed = new LinkedHashMap<>();
    Set<String> closed = new LinkedHashSet<>();
    for (Map.Entry<String, Place> pipeline : pipelines.entrySet()) {
      List<String> ids = otlp(pipeline.getValue());
      closed.addAll(ids);
      if (ids.contains(opened)) {
        fed.put(pipeline.getKey(), pipeline.getValue());
      }
    }
    closed.remove(opened);
    for (String id : closed) {
      remarks.loss(
          definitions.at("receivers", id), "there is one pair of ports, that of " + opened);
    }
    if (opened.isEmpty() && remarks.problems().isEmpty()) {
      root.child("receivers").wrong("an otlp receiver in a pipeline");
    }
    if (!opened.isEmpty()) {
      settings.put("listen", new ReceiverReader(definitions.at("receivers", opened)).read());
    }
    return fed;
  }

  private List<String> otlp(Place pipeline) {
    return pipeline.child("receivers").texts().stream()
        .filter(id -> ComponentId.kind("receivers", id).equals("receivers/otlp"))
        .filter(id -> definitions.has("receivers", id))
        .toList();
  }

  private static boolean tracesCome(Map<String, Place> pipelines, String receiver) {
    return pipelines.entrySet().stream()
        .filter(pipeline -> isTraces(pipeline.getKey()))
        .anyMatch(pipeline -> pipeline.getValue().child("receivers").texts().contains(receiver));
  }

  private static String signal(String pipeline) {
    return ComponentId.type(pipeline);
  }

  private static boolean isTraces(String pipeline) {
    return signal(pipeline).equals("traces");
  }

  /** Traces are decided once: by the first pipeline that samples, else by the first. */
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
        remarks.loss(
            other.getValue(),
            "traces are decided once, as in "
                + chosen.getKey()
                + "; its exporters "
                + other.getValue().child("exporters").texts()
                + " get nothing from it");
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
      if (ComponentId.type(id).equals("probabilistic_sampler")) {
        remarks.differs(
            definitions.at("processors", id),
            "beside tail_sampling, a sampling.priority of one span decides for its whole trace, and"
                + " in mode hash_seed kept spans get no rv and th");
      }
    }
  }

  private static List<String> sampling(List<String> processors) {
    return processors.stream().filter(p -> SAMPLERS.contains(ComponentId.type(p))).toList();
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
    Place at = definitions.at("processors", id);
    switch (ComponentId.kind("processors", id)) {
      case "processors/tail_sampling" -> tail(at, hold);
      case "processors/probabilistic_sampler" -> stages.add(samplers.probabilistic(at));
      case "processors/batch" -> batch(id, at);
      case "processors/memory_limiter" -> MemoryReader.read(at, hold);
      case "processors/groupbytrace" ->
          remarks.note(at, "spans of a trace wait for each other anyway");
      default -> {} // its definition was asked
    }
  }

  private void tail(Place at, Map<String, Object> hold) {
    if (settings.containsKey("decisionMemory")) {
      remarks.differs(at, "spans wait once, as its decision_wait and num_traces say");
    }
    Map<String, Object> memory = new LinkedHashMap<>();
    stages.add(samplers.tail(at));
    SamplerReader.hold(at, hold, memory);
    settings.put("decisionMemory", memory);
  }

  private void batch(String id, Place at) {
    if (!batch.isEmpty() && !batch.equals(id)) {
      remarks.otherwise(at, "requests of all signals wait as " + batch + " says");
      return;
    }
    batch = id;
    if (!at.child("send_batch_size").given() && !at.child("send_batch_max_size").given()) {
      remarks.note(
          at, "requests are cut by bytes, export.batchBytes 512KiB, and not at 8192 spans");
    }
    long timeout = at.child("timeout").nanos(TimeUnit.MILLISECONDS.toNanos(200));
    long most = TimeUnit.MINUTES.toNanos(1);
    settings.put(
        "export", Map.of("delay", Values.text(Duration.ofNanos(Math.clamp(timeout, 0, most)))));
  }

  private void exporters(String pipeline, Place at) {
    for (String id : at.child("exporters").texts()) {
      boolean otlp = ComponentId.kind("exporters", id).matches("exporters/otlp(http)?");
      if (otlp && definitions.has("exporters", id)) {
        signalsOf.computeIfAbsent(id, i -> new LinkedHashSet<>()).add(signal(pipeline));
      }
    }
  }

  /**
   * What samples or waits for traces is nothing for other signals; batch and limits are for all.
   */
  private void others(String pipeline, Place at) {
    if (isTraces(pipeline)) {
      return;
    }
    for (Place named : at.child("processors").elements()) {
      String id = named.text("");
      switch (ComponentId.type(id)) {
        case "batch" -> batch(id, definitions.at("processors", id));
        case "memory_limiter" ->
            remarks.note(named, "metrics and logs do not wait, but for room in a queue");
        case "probabilistic_sampler" -> sampled(pipeline, named);
        case String type when OF_TRACES.contains(type) -> named.wrong(type + " for traces only");
        default -> {} // its definition was asked
      }
    }
  }

  private void sampled(String pipeline, Place named) {
    if (signal(pipeline).equals("logs")) {
      remarks.loss(definitions.at("processors", named.text("")), "logs go through whole");
    } else {
      named.wrong("probabilistic_sampler for traces and logs only");
    }
  }

  private void destinations() {
    ExporterReader reader = new ExporterReader(remarks, new Authenticators(root));
    List<Map<String, Object>> destinations = new ArrayList<>();
    signalsOf.forEach(
        (id, signals) -> {
          if (!signals.isEmpty()) {
            destinations.addAll(reader.read(id, definitions.at("exporters", id), signals));
          }
        });
    if (destinations.isEmpty() && remarks.problems().isEmpty()) {
      root.child("exporters")
          .wrong("an otlp or otlphttp exporter in a pipeline that OTLP comes into");
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
