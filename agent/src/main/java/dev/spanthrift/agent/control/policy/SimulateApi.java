package dev.spanthrift.agent.control.policy;

import dev.spanthrift.agent.config.policy.PolicyCompilation;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.agent.control.job.JobApi;
import dev.spanthrift.agent.control.job.Jobs;
import dev.spanthrift.agent.control.job.RingQuestions;
import dev.spanthrift.agent.simulation.RingTraffic;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/**
 * What would these policies and this budget have kept of the last spans? Answered at once, one at a
 * time, or as a job.
 */
@RestController
public class SimulateApi {
  private static final String PREFER = "Prefer";

  private final PolicyStore store;
  private final RingQuestions questions;
  private final Jobs jobs;

  public SimulateApi(PolicyStore store, RingQuestions questions, Jobs jobs) {
    this.store = store;
    this.questions = questions;
    this.jobs = jobs;
  }

  @PostMapping(
      path = "/api/v1/policy:simulate",
      consumes = {MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_YAML_VALUE})
  Mono<ResponseEntity<Object>> policy(
      @RequestHeader(name = "Content-Type") MediaType type,
      @RequestHeader(name = PREFER, required = false) @Nullable String prefer,
      @RequestParam(required = false) @Nullable String budget,
      @RequestBody(required = false) Mono<byte[]> body) {
    return whole(body)
        .flatMap(
            text ->
                Mono.fromCallable(
                        () ->
                            answer(
                                "policy:simulate",
                                document(type, text),
                                questions.means(budget),
                                prefer))
                    .subscribeOn(Schedulers.boundedElastic()));
  }

  @PostMapping(path = "/api/v1/budget:simulate", consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<ResponseEntity<Object>> budget(
      @RequestHeader(name = PREFER, required = false) @Nullable String prefer,
      @RequestBody(required = false) Mono<byte[]> body) {
    return whole(body)
        .flatMap(
            text ->
                Mono.fromCallable(
                        () ->
                            answer(
                                "budget:simulate",
                                answerable(store.current().set().document()),
                                BudgetQuestion.read(BodyFormat.JSON.read(text), questions),
                                prefer))
                    .subscribeOn(Schedulers.boundedElastic()));
  }

  private static Mono<byte[]> whole(Mono<byte[]> body) {
    return body.switchIfEmpty(
        Mono.error(() -> new ProblemException(ProblemType.SYNTAX, "the body is empty")));
  }

  private ResponseEntity<Object> answer(
      String kind, PolicyDocument document, RingQuestions.Means means, @Nullable String prefer)
      throws IOException, InterruptedException {
    if (!JobApi.isAsync(prefer)) {
      return ResponseEntity.ok(questions.now(document, means));
    }
    var unused = questions.recorded(); // said at once, not by a job that fails
    return JobApi.accepted(jobs.submit(kind, watch -> questions.inTurn(document, means, watch)));
  }

  private PolicyDocument document(MediaType type, byte[] text) {
    boolean yaml = MediaType.APPLICATION_YAML.isCompatibleWith(type);
    JsonNode root = (yaml ? BodyFormat.YAML : BodyFormat.JSON).read(text);
    return switch (store.compile(root)) {
      case PolicyCompilation.Compiled(var set, var warnings) -> answerable(set.document());
      case PolicyCompilation.Invalid(var problems) -> throw ProblemException.invalid(problems);
    };
  }

  private static PolicyDocument answerable(PolicyDocument document) {
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
    return document;
  }
}
