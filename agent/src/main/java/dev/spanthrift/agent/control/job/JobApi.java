package dev.spanthrift.agent.control.job;

import dev.spanthrift.agent.control.audit.AuditLog;
import dev.spanthrift.agent.control.audit.Author;
import dev.spanthrift.agent.control.audit.Authors;
import dev.spanthrift.agent.control.http.EntityTags;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Questions that wait, run, or have been answered. */
@RestController
public final class JobApi {
  /** The preference by which a question becomes a job (RFC 7240). */
  private static final String ASYNC = "respond-async";

  private static final String PATH = "/api/v1/jobs";

  private final Jobs jobs;
  private final AuditLog audit;

  public JobApi(Jobs jobs, AuditLog audit) {
    this.jobs = jobs;
    this.audit = audit;
  }

  /** All jobs, without their results. */
  record Page(List<Job> jobs, int waitingMax, int keptMax) {}

  @GetMapping(PATH)
  Page list() {
    return new Page(jobs.list(), Jobs.WAITING_MAX, Jobs.KEPT_MAX);
  }

  @GetMapping(PATH + "/{id}")
  ResponseEntity<Job> get(
      @PathVariable String id,
      @RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false)
          @Nullable String ifNoneMatch) {
    Job job = known(jobs.find(id), id);
    return EntityTags.answer(ifNoneMatch, etag(job), job);
  }

  private static String etag(Job job) {
    return EntityTags.moving(lock(job), Double.toString(job.progress()));
  }

  /** Its progress moves by itself; a result that came meanwhile is another thing to end. */
  private static String lock(Job job) {
    return job.id() + '-' + job.state();
  }

  @DeleteMapping(PATH + "/{id}")
  Mono<Job> cancel(
      @PathVariable String id,
      @RequestHeader HttpHeaders headers,
      @RequestParam(defaultValue = "false") boolean dryRun) {
    return Mono.fromCallable(
            () -> {
              Author author = Authors.whoMaySayWhy(headers);
              String expected = EntityTags.required(headers.getFirst(HttpHeaders.IF_MATCH));
              Job job = known(jobs.find(id), id);
              if (!EntityTags.locks(expected, lock(job))) {
                throw ProblemException.stale(etag(job), List.of());
              }
              if (dryRun) {
                return job;
              }
              audit.append(author, "job.cancel", id, null, List.of());
              return known(jobs.cancel(id), id);
            })
        .subscribeOn(Schedulers.boundedElastic());
  }

  private static Job known(@Nullable Job job, String id) {
    if (job == null) {
      throw new ProblemException(
          ProblemType.NOT_FOUND, "no job " + id + ": results are kept for an hour");
    }
    return job;
  }

  /** Whether the caller prefers not to wait. */
  public static boolean isAsync(@Nullable String prefer) {
    return prefer != null && List.of(prefer.split("\\s*[,;]\\s*")).contains(ASYNC);
  }

  /** The answer to whoever does not wait. */
  public static ResponseEntity<Object> accepted(Job job) {
    return ResponseEntity.status(HttpStatus.ACCEPTED)
        .header(HttpHeaders.LOCATION, PATH + "/" + job.id())
        .header("Preference-Applied", ASYNC)
        .body(job);
  }
}
