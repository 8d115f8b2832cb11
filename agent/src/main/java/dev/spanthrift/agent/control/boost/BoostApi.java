package dev.spanthrift.agent.control.boost;

import dev.spanthrift.agent.control.audit.Author;
import dev.spanthrift.agent.control.audit.Authors;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.control.http.EntityTags;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.agent.control.spend.SpendView;
import dev.spanthrift.sampler.Boost;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Temporary keep-more: list, make, look before, end. */
@RestController
public final class BoostApi {
  private static final String PATH = "/api/v1/boosts";
  private static final String ONE = PATH + "/{id}";

  private final BoostKeeper keeper;
  private final BoostPreviews previews;
  private final SpendView spend;

  public BoostApi(BoostKeeper keeper, BoostPreviews previews, SpendView spend) {
    this.keeper = keeper;
    this.previews = previews;
    this.spend = spend;
  }

  /** Active and ended ones, the youngest first. */
  record Page(List<BoostBody> boosts, List<BoostBody> ended, int max, String currency) {}

  @GetMapping(PATH)
  Page list() {
    return new Page(
        keeper.active().stream().map(this::body).toList(),
        keeper.ended().stream().map(this::body).toList(),
        BoostKeeper.ACTIVE_MAX,
        spend.spend().currency());
  }

  private BoostBody body(ActiveBoost boost) {
    return BoostBody.of(boost, spend.spend().currency());
  }

  @GetMapping(ONE)
  ResponseEntity<BoostBody> get(
      @PathVariable String id,
      @RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false)
          @Nullable String ifNoneMatch) {
    ActiveBoost boost = known(keeper.find(id), id);
    return EntityTags.answer(ifNoneMatch, etag(boost), body(boost));
  }

  private static String etag(ActiveBoost boost) {
    Boost.Spent spent = boost.boost().spent();
    return EntityTags.moving(
        lock(boost), spent.traces() + "-" + spent.spans() + "-" + spent.picos());
  }

  /** Whether it has ended. What it has spent moves by itself. */
  private static String lock(ActiveBoost boost) {
    return boost.id() + '-' + boost.state().word();
  }

  private static ActiveBoost known(@Nullable ActiveBoost boost, String id) {
    if (boost == null) {
      throw new ProblemException(ProblemType.NOT_FOUND, "no boost " + id);
    }
    return boost;
  }

  @PostMapping(path = PATH, consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<ResponseEntity<BoostBody>> create(
      @RequestHeader HttpHeaders headers,
      @RequestParam(defaultValue = "false") boolean dryRun,
      @RequestBody(required = false) Mono<byte[]> body) {
    return wish(body)
        .map(
            wish -> {
              requirePrice();
              Author author = Authors.of(headers, wish.reason());
              ActiveBoost made = keeper.create(wish.because(author.reason()), author, dryRun);
              return dryRun
                  ? ResponseEntity.ok(body(made))
                  : ResponseEntity.status(HttpStatus.CREATED)
                      .header(HttpHeaders.LOCATION, PATH + "/" + made.id())
                      .eTag(etag(made))
                      .body(body(made));
            });
  }

  @PostMapping(path = PATH + ":preview", consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<BoostPreview> preview(@RequestBody(required = false) Mono<byte[]> body) {
    return wish(body)
        .flatMap(
            wish ->
                Mono.fromCallable(
                    () -> {
                      requirePrice();
                      return previews.of(wish);
                    }));
  }

  private static Mono<BoostWish> wish(Mono<byte[]> body) {
    return body.defaultIfEmpty(new byte[0])
        .publishOn(Schedulers.boundedElastic())
        .map(text -> BoostWish.read(BodyFormat.JSON.read(text)));
  }

  private void requirePrice() {
    if (spend.price().nominal()) {
      throw ProblemException.invalid(
          "/cap", "nothing has a price, so that no cap is ever spent", "set price.perGb above 0");
    }
  }

  @DeleteMapping(ONE)
  Mono<BoostBody> end(
      @PathVariable String id,
      @RequestHeader HttpHeaders headers,
      @RequestParam(defaultValue = "false") boolean dryRun) {
    return Mono.fromCallable(
            () -> {
              Author author = Authors.of(headers);
              String ifMatch = EntityTags.required(headers.getFirst(HttpHeaders.IF_MATCH));
              ActiveBoost now = known(keeper.find(id), id);
              if (!EntityTags.locks(ifMatch, lock(now))) {
                throw ProblemException.stale(etag(now), List.of());
              }
              return body(known(keeper.end(id, author, dryRun), id));
            })
        .subscribeOn(Schedulers.boundedElastic());
  }
}
