package dev.spanthrift.agent.control.policy;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.agent.config.policy.PolicyCompilation;
import dev.spanthrift.agent.control.audit.Author;
import dev.spanthrift.agent.control.audit.Authors;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.control.http.EntityTags;
import dev.spanthrift.agent.control.http.JsonDifference;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.agent.pipeline.PolicyVersion;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/** The policy: read, replace, try. */
@RestController
public final class PolicyApi {
  private static final String JSON = MediaType.APPLICATION_JSON_VALUE;
  private static final String YAML = MediaType.APPLICATION_YAML_VALUE;

  private final PolicyStore store;
  private final PipelineView pipeline;

  public PolicyApi(PolicyStore store, PipelineView pipeline) {
    this.store = store;
    this.pipeline = pipeline;
  }

  /** What a write did, or would do on a dry run; and what of it is hardly meant. */
  record Change(
      long version, String etag, boolean changed, boolean dryRun, List<PolicyProblem> warnings) {}

  /**
   * What a check found: what keeps it from being used, and what is hardly meant.
   *
   * @param policy the document as it was understood, so that a form can show what a text says; null
   *     where that is no object
   */
  record Verdict(
      boolean valid,
      List<PolicyProblem> errors,
      List<PolicyProblem> warnings,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable JsonNode policy) {}

  @GetMapping(
      path = "/api/v1/policy",
      produces = {JSON, YAML})
  ResponseEntity<byte[]> get(
      @RequestHeader HttpHeaders headers,
      @RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false)
          @Nullable String ifNoneMatch) {
    PolicyVersion policy = store.current();
    BodyFormat format = accepted(headers);
    String etag = format.etag(policy.hash());
    boolean known = EntityTags.weakly(ifNoneMatch, etag);
    ResponseEntity.BodyBuilder answer =
        ResponseEntity.status(known ? HttpStatus.NOT_MODIFIED : HttpStatus.OK)
            .eTag(etag)
            .header(HttpHeaders.CACHE_CONTROL, "no-cache")
            .header(HttpHeaders.VARY, HttpHeaders.ACCEPT)
            .header("Spanthrift-Policy-Version", String.valueOf(policy.version()));
    return known
        ? answer.build()
        : answer
            .header(HttpHeaders.CONTENT_TYPE, format.mediaType())
            .body(format.write(policy.root()));
  }

  @PutMapping(
      path = "/api/v1/policy",
      consumes = {JSON, YAML})
  Mono<ResponseEntity<Change>> put(
      @RequestHeader HttpHeaders headers,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @RequestParam(defaultValue = "false") boolean dryRun,
      @RequestBody(required = false) Mono<byte[]> body) {
    Mono<String> allowed = blocking(() -> EntityTags.required(ifMatch));
    return allowed.flatMap(
        expected ->
            text(body).flatMap(text -> blocking(() -> put(headers, expected, dryRun, text))));
  }

  @PostMapping(
      path = "/api/v1/policy:validate",
      consumes = {JSON, YAML})
  Mono<Verdict> validate(
      @RequestHeader HttpHeaders headers, @RequestBody(required = false) Mono<byte[]> body) {
    return text(body).flatMap(text -> blocking(() -> verdict(sent(headers).read(text))));
  }

  private Verdict verdict(JsonNode root) {
    JsonNode policy = root.isObject() ? root : null;
    return switch (store.compile(root)) {
      case PolicyCompilation.Compiled(var set, var warnings) ->
          new Verdict(true, List.of(), warnings, policy);
      case PolicyCompilation.Invalid(var problems) ->
          new Verdict(false, problems, List.of(), policy);
    };
  }

  private ResponseEntity<Change> put(
      HttpHeaders headers, String ifMatch, boolean dryRun, byte[] text) {
    JsonNode root = sent(headers).read(text);
    Author author = Authors.of(headers);
    PolicyStore.Wish wish = new PolicyStore.Wish("policy.put", root, author, dryRun);
    return answer(
        store.replace(current -> isMatch(ifMatch, current), wish, pipeline::usePolicy),
        root,
        dryRun);
  }

  static boolean isMatch(String ifMatch, PolicyVersion current) {
    return EntityTags.strongly(ifMatch, etags(current));
  }

  static ResponseEntity<Change> answer(PolicyOutcome outcome, JsonNode root, boolean dryRun) {
    return switch (outcome) {
      case PolicyOutcome.InForce(PolicyVersion document, boolean changed, var warnings) ->
          answer(new Change(document.version(), etag(document), changed, dryRun, warnings));
      case PolicyOutcome.Stale(PolicyVersion current) ->
          throw ProblemException.stale(etag(current), JsonDifference.between(current.root(), root));
      case PolicyOutcome.Managed(List<String> objects) ->
          throw new ProblemException(
              ProblemType.MANAGED,
              "the policy in force is made from " + String.join(", ", objects));
      case PolicyOutcome.Invalid(List<PolicyProblem> problems) ->
          throw ProblemException.invalid(problems);
    };
  }

  // What a dry run would lead to is not the current state, so its tag is only in the body.
  private static ResponseEntity<Change> answer(Change change) {
    return change.dryRun()
        ? ResponseEntity.ok(change)
        : ResponseEntity.ok().eTag(change.etag()).body(change);
  }

  public static String etag(PolicyVersion policy) {
    return BodyFormat.JSON.etag(policy.hash());
  }

  private static List<String> etags(PolicyVersion policy) {
    return Arrays.stream(BodyFormat.values()).map(f -> f.etag(policy.hash())).toList();
  }

  /** The form of a request's body: the mapping lets only the two through. */
  private static BodyFormat sent(HttpHeaders headers) {
    return MediaType.APPLICATION_YAML.isCompatibleWith(headers.getContentType())
        ? BodyFormat.YAML
        : BodyFormat.JSON;
  }

  static BodyFormat accepted(HttpHeaders headers) {
    List<MediaType> accept = headers.getAccept();
    MimeTypeUtils.sortBySpecificity(accept);
    for (MediaType type : accept) {
      if (type.includes(MediaType.APPLICATION_JSON)) {
        return BodyFormat.JSON;
      }
      if (type.includes(MediaType.APPLICATION_YAML)) {
        return BodyFormat.YAML;
      }
    }
    return BodyFormat.JSON;
  }

  private static Mono<byte[]> text(Mono<byte[]> body) {
    return body.switchIfEmpty(
        Mono.error(() -> new ProblemException(ProblemType.SYNTAX, "the body is empty")));
  }

  private static <T> Mono<T> blocking(Callable<T> step) {
    return Mono.fromCallable(step).subscribeOn(Schedulers.boundedElastic());
  }
}
