package dev.spanthrift.agent.control.policy;

import dev.spanthrift.agent.config.policy.PolicyCompilation;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.agent.control.spend.SpendView;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.recording.SpanRing;
import dev.spanthrift.agent.simulation.BudgetText;
import dev.spanthrift.agent.simulation.HeapRoom;
import dev.spanthrift.agent.simulation.Question;
import dev.spanthrift.agent.simulation.RingTraffic;
import dev.spanthrift.agent.simulation.WhatIf;
import dev.spanthrift.agent.simulation.WhatIfAnswer;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/** What would these policies and this budget have kept of the last spans? One at a time. */
@RestController
public class SimulateApi {

  private final PipelineView pipeline;
  private final PolicyStore store;
  private final SpendView spend;
  private final HeapRoom room;
  private final Semaphore running = new Semaphore(1);

  public SimulateApi(PipelineView pipeline, PolicyStore store, SpendView spend, HeapRoom room) {
    this.room = room;
    this.pipeline = pipeline;
    this.store = store;
    this.spend = spend;
  }

  @PostMapping(
      path = "/api/v1/policy:simulate",
      consumes = {MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_YAML_VALUE})
  Mono<WhatIfAnswer> simulate(
      @RequestHeader(name = "Content-Type") MediaType type,
      @RequestParam(required = false) @Nullable String budget,
      @RequestBody(required = false) Mono<byte[]> body) {
    return body.switchIfEmpty(
            Mono.error(() -> new ProblemException(ProblemType.SYNTAX, "the body is empty")))
        .flatMap(
            text ->
                Mono.fromCallable(() -> alone(type, budget, text))
                    .subscribeOn(Schedulers.boundedElastic()));
  }

  private WhatIfAnswer alone(MediaType type, @Nullable String budget, byte[] text)
      throws IOException, InterruptedException {
    if (!running.tryAcquire()) {
      throw new ProblemException(ProblemType.BUSY, "one simulation runs at a time");
    }
    try {
      return answer(document(type, text), budget);
    } finally {
      running.release();
    }
  }

  private PolicyDocument document(MediaType type, byte[] text) {
    boolean yaml = MediaType.APPLICATION_YAML.isCompatibleWith(type);
    JsonNode root = (yaml ? BodyFormat.YAML : BodyFormat.JSON).read(text);
    return switch (store.compile(root)) {
      case PolicyCompilation.Compiled(var set, var warnings) -> {
        refuseUnanswerable(set.document());
        yield set.document();
      }
      case PolicyCompilation.Invalid(var problems) -> throw ProblemException.invalid(problems);
    };
  }

  private static void refuseUnanswerable(PolicyDocument document) {
    List<Integer> places = RingTraffic.unanswerable(document);
    if (!places.isEmpty()) {
      throw ProblemException.invalid(
          places.stream()
              .map(
                  i ->
                      new PolicyProblem(
                          "/policies/" + i,
                          "policy "
                              + document.policies().get(i).name()
                              + " asks for attributes, events or trace state, which are not"
                              + " recorded",
                          "ask a recording: spanthrift simulate --recording FILE"))
              .toList());
    }
  }

  private WhatIfAnswer answer(PolicyDocument document, @Nullable String budget)
      throws IOException, InterruptedException {
    SpanRing ring = pipeline.recorded();
    SpanRing.Recorded counts = ring == null ? null : ring.counts();
    if (ring == null || counts == null || counts.held() == 0) {
      throw new ProblemException(
          ProblemType.NOT_RECORDED, ring == null ? "recording is off" : "no span has come yet");
    }
    String lack = room.lack(counts.held());
    if (lack != null) {
      throw new ProblemException(ProblemType.NO_ROOM, lack);
    }
    RingTraffic traffic = new RingTraffic(ring.snapshot(System.currentTimeMillis()));
    Question question = question(document, budget);
    return WhatIf.answer(traffic, question, WhatIf.Onlooker.NONE).with(warnings(counts));
  }

  private Question question(PolicyDocument document, @Nullable String budget) {
    String currency = spend.spend().currency();
    SpanPrice price = spend.price();
    @Nullable BudgetText parsed = null;
    try {
      parsed = budget == null ? null : BudgetText.parse(budget, price, currency);
    } catch (IllegalArgumentException e) {
      throw new ProblemException(ProblemType.REFUSED, String.valueOf(e.getMessage()));
    }
    return new Question(
        document,
        parsed == null ? null : parsed.allowance(),
        null,
        parsed == null ? AllocationSettings.DEFAULT : parsed.allocation(),
        price,
        currency,
        false,
        pipeline.sampler());
  }

  private static List<String> warnings(SpanRing.Recorded counts) {
    List<String> warnings = new ArrayList<>();
    warnings.add("of this sidecar alone: what other pods would tell it is not in the answer");
    warnings.add("span names are compared as templates, without the numbers and ids in them");
    if (counts.sampledUpstream() > 0) {
      warnings.add(
          counts.sampledUpstream()
              + " recorded spans carried a threshold or randomness, which is not recorded");
    }
    return warnings;
  }
}
