package dev.spanthrift.agent.control.recommendation;

import dev.spanthrift.agent.control.audit.AuditLog;
import dev.spanthrift.agent.control.audit.Author;
import dev.spanthrift.agent.control.audit.Authors;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.control.http.EntityTags;
import dev.spanthrift.agent.control.http.JsonDifference;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.agent.control.policy.PolicyApi;
import dev.spanthrift.agent.control.recommendation.Recommender.Found;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Rules to add, keep, remove or update. Nothing is put in force here: that is PUT's. */
@RestController
public final class RecommendationApi {
  private static final String PATH = "/api/v1/recommendations";

  private final Recommender recommender;
  private final AuditLog audit;

  public RecommendationApi(Recommender recommender, AuditLog audit) {
    this.recommender = recommender;
    this.audit = audit;
  }

  /**
   * The policy as it would be.
   *
   * @param etag of the policy that it changes, for If-Match
   */
  record Draft(
      Recommendation recommendation,
      JsonNode policy,
      String etag,
      List<JsonDifference> differences) {}

  @GetMapping(PATH)
  Mono<Recommendation.Page> list() {
    return blocking(recommender::page);
  }

  private static <T> Mono<T> blocking(Callable<T> work) {
    return Mono.fromCallable(work).subscribeOn(Schedulers.boundedElastic());
  }

  @GetMapping(PATH + "/{id}")
  Mono<ResponseEntity<Recommendation>> get(
      @PathVariable String id,
      @RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false)
          @Nullable String ifNoneMatch) {
    return blocking(
        () -> {
          Recommendation found = known(id).recommendation();
          String shown = BodyFormat.hash(JsonMapper.shared().valueToTree(found));
          return EntityTags.answer(ifNoneMatch, '"' + shown + '"', found);
        });
  }

  private Found known(String id) throws Exception {
    Found found = recommender.find(id);
    if (found == null) {
      throw new ProblemException(
          ProblemType.NOT_FOUND,
          "no recommendation " + id + ": they change with the policy and the traffic");
    }
    return found;
  }

  @PostMapping(PATH + "/{id}:apply")
  Mono<Draft> apply(@PathVariable String id, @RequestParam(defaultValue = "false") boolean dryRun) {
    return blocking(
        () -> {
          Found found = known(id); // a draft changes nothing, dry or not
          JsonNode before = found.policy().root();
          JsonNode after = found.candidate().applied(before);
          return new Draft(
              found.recommendation(),
              after,
              PolicyApi.etag(found.policy()),
              JsonDifference.between(before, after));
        });
  }

  @PostMapping(PATH + "/{id}:dismiss")
  Mono<Recommendation> dismiss(
      @PathVariable String id,
      @RequestHeader HttpHeaders headers,
      @RequestParam(defaultValue = "false") boolean dryRun) {
    return blocking(
        () -> {
          Author author = Authors.of(headers);
          Recommendation dismissed = known(id).recommendation().dismissed(true);
          if (!dryRun) {
            audit.append(author, "recommendation.dismiss", null, id, List.of());
            recommender.dismiss(id);
          }
          return dismissed;
        });
  }
}
