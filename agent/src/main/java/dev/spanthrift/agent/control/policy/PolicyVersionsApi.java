package dev.spanthrift.agent.control.policy;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.agent.control.audit.Author;
import dev.spanthrift.agent.control.audit.Authors;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.control.http.EntityTags;
import dev.spanthrift.agent.control.http.JsonDifference;
import dev.spanthrift.agent.control.http.Paging;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.agent.pipeline.ControllerStatus;
import dev.spanthrift.agent.pipeline.PipelineView;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/** The policies that were in force: list, read, compare, go back. */
@RestController
public final class PolicyVersionsApi {
  private static final String JSON = MediaType.APPLICATION_JSON_VALUE;
  private static final String YAML = MediaType.APPLICATION_YAML_VALUE;

  private final PolicyStore store;
  private final PipelineView pipeline;

  public PolicyVersionsApi(PolicyStore store, PipelineView pipeline) {
    this.store = store;
    this.pipeline = pipeline;
  }

  /**
   * One version.
   *
   * @param who {@code token}, or {@code configuration}
   */
  record Version(
      long version,
      String etag,
      Instant at,
      String who,
      String reason,
      int policies,
      boolean inForce) {}

  /** One page, the youngest first. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Page(List<Version> versions, @Nullable String next) {}

  /**
   * What differs between two versions: {@code current} is the first's, {@code sent} the second's.
   */
  record Comparison(long from, long to, List<JsonDifference> differences) {}

  /**
   * A policy in force, with where each part comes from.
   *
   * @param origin {@code configuration}, {@code rest} with the version that brought it, or {@code
   *     objects}
   * @param objects those of Kubernetes that it was made from, in their order
   * @param controller how it stands with the controller; none where none is configured
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Effective(
      long version,
      String etag,
      String origin,
      Instant since,
      String who,
      String reason,
      List<String> objects,
      @Nullable ControllerStatus controller,
      JsonNode policy) {}

  @GetMapping("/api/v1/policy/versions")
  Page versions(
      @RequestParam(defaultValue = "50") int limit,
      @RequestParam(required = false) @Nullable String cursor) {
    Paging paging = Paging.of(limit, cursor);
    List<PolicyHistory.Entry> found =
        store.history().reversed().stream()
            .filter(entry -> entry.version() < paging.before())
            .limit(paging.limit() + 1L)
            .toList();
    return new Page(
        paging.page(found).stream().map(this::version).toList(),
        paging.next(found, PolicyHistory.Entry::version));
  }

  private Version version(PolicyHistory.Entry entry) {
    return new Version(
        entry.version(),
        BodyFormat.JSON.etag(entry.hash()),
        Instant.ofEpochMilli(entry.atUnixMillis()),
        entry.who(),
        entry.reason(),
        entry.root().path("policies").size(),
        entry.version() == store.current().version());
  }

  @GetMapping(
      path = "/api/v1/policy/versions/{version}",
      produces = {JSON, YAML})
  ResponseEntity<byte[]> one(
      @PathVariable long version,
      @RequestHeader HttpHeaders headers,
      @RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false)
          @Nullable String ifNoneMatch) {
    PolicyHistory.Entry entry = known(version);
    BodyFormat format = PolicyApi.accepted(headers);
    String etag = format.etag(entry.hash());
    if (EntityTags.weakly(ifNoneMatch, etag)) {
      return ResponseEntity.status(HttpStatus.NOT_MODIFIED)
          .eTag(etag)
          .header(HttpHeaders.VARY, HttpHeaders.ACCEPT)
          .build();
    }
    return ResponseEntity.ok()
        .eTag(etag)
        .header(HttpHeaders.VARY, HttpHeaders.ACCEPT)
        .header(HttpHeaders.CONTENT_TYPE, format.mediaType())
        .body(format.write(entry.root()));
  }

  private PolicyHistory.Entry known(long version) {
    PolicyHistory.Entry entry = store.entry(version);
    if (entry == null) {
      throw new ProblemException(
          ProblemType.NOT_FOUND,
          "policy version " + version + " is not known; see /api/v1/policy/versions");
    }
    return entry;
  }

  @GetMapping("/api/v1/policy:diff")
  Comparison diff(@RequestParam long from, @RequestParam(required = false) @Nullable Long to) {
    long second = to == null ? store.current().version() : to;
    return new Comparison(
        from, second, JsonDifference.between(known(from).root(), known(second).root()));
  }

  @GetMapping("/api/v1/policy/effective")
  Effective effective() {
    PolicyHistory.Entry entry = store.entryInForce();
    List<String> objects = store.managedBy();
    return new Effective(
        entry.version(),
        BodyFormat.JSON.etag(entry.hash()),
        origin(objects),
        Instant.ofEpochMilli(entry.atUnixMillis()),
        entry.who(),
        entry.reason(),
        objects,
        pipeline.controller(),
        entry.root());
  }

  private String origin(List<String> objects) {
    if (!objects.isEmpty()) {
      return "objects";
    }
    return store.isConfigured() ? "configuration" : "rest";
  }

  @PostMapping(path = "/api/v1/policy:rollback", consumes = JSON)
  Mono<ResponseEntity<PolicyApi.Change>> rollback(
      @RequestHeader HttpHeaders headers,
      @RequestParam(defaultValue = "false") boolean dryRun,
      @RequestBody(required = false) Mono<byte[]> body) {
    return body.defaultIfEmpty(new byte[0])
        .publishOn(Schedulers.boundedElastic())
        .map(text -> rollback(headers, dryRun, BodyFormat.JSON.read(text)));
  }

  private ResponseEntity<PolicyApi.Change> rollback(
      HttpHeaders headers, boolean dryRun, JsonNode body) {
    JsonNode wanted = body.path("version");
    if (!wanted.isIntegralNumber() || !wanted.canConvertToLong()) {
      throw ProblemException.invalid("/version", "is no version", "{\"version\": 3}");
    }
    PolicyHistory.Entry entry = known(wanted.asLong());
    JsonNode reason = body.path("reason");
    Author author =
        Authors.of(headers, reason.isString() ? reason.asString() : Authors.reason(headers));
    String ifMatch = EntityTags.required(headers.getFirst(HttpHeaders.IF_MATCH));
    PolicyStore.Wish wish = new PolicyStore.Wish("policy.rollback", entry.root(), author, dryRun);
    return PolicyApi.answer(
        store.replace(current -> PolicyApi.isMatch(ifMatch, current), wish, pipeline::usePolicy),
        entry.root(),
        dryRun);
  }
}
