package dev.spanthrift.agent.control.killswitch;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.agent.control.audit.AuditLog;
import dev.spanthrift.agent.control.audit.Author;
import dev.spanthrift.agent.control.audit.Authors;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.control.http.Durations;
import dev.spanthrift.agent.control.http.EntityTags;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.RequestFields;
import dev.spanthrift.agent.pipeline.KillSwitch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;

/**
 * The kill switch: keep everything, or stop sampling, for a time.
 *
 * <p>{@code If-Match: *} is for emergencies: then the last word counts.
 */
@RestController
public final class KillSwitchApi {
  private static final String PATH = "/api/v1/kill-switch";
  private static final Duration TTL = Duration.ofHours(1);
  private static final Duration TTL_MAX = Duration.ofHours(24);
  private static final List<String> FIELDS = List.of("mode", "ttl", "reason");
  private static final int REASON_MAX = 500;
  private static final int SHOWN_MAX = 80;

  private final KillSwitchKeeper keeper;
  private final AuditLog audit;

  public KillSwitchApi(KillSwitchKeeper keeper, AuditLog audit) {
    this.keeper = keeper;
    this.audit = audit;
  }

  /** The switch as it is answered; the times are missing when it is off. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record SwitchBody(
      String mode, @Nullable Instant since, @Nullable Instant until, String reason) {
    public static SwitchBody of(KillSwitch state) {
      return state.mode() == KillSwitch.Mode.OFF
          ? new SwitchBody(state.mode().word(), null, null, state.reason())
          : new SwitchBody(
              state.mode().word(),
              Instant.ofEpochMilli(state.sinceUnixMillis()),
              Instant.ofEpochMilli(state.untilUnixMillis()),
              state.reason());
    }
  }

  @GetMapping(PATH)
  ResponseEntity<SwitchBody> get(
      @RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false)
          @Nullable String ifNoneMatch) {
    KillSwitch now = keeper.current();
    return EntityTags.answer(ifNoneMatch, etag(now), SwitchBody.of(now));
  }

  @PutMapping(path = PATH, consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<ResponseEntity<SwitchBody>> put(
      @RequestHeader HttpHeaders headers,
      @RequestParam(defaultValue = "false") boolean dryRun,
      @RequestBody(required = false) Mono<byte[]> body) {
    return body.defaultIfEmpty(new byte[0])
        .publishOn(Schedulers.boundedElastic())
        .map(text -> put(headers, dryRun, read(BodyFormat.JSON.read(text))));
  }

  private ResponseEntity<SwitchBody> put(HttpHeaders headers, boolean dryRun, KillSwitch wished) {
    Author author = Authors.of(headers, wished.reason());
    KillSwitch next = wished.because(author.reason());
    String ifMatch = EntityTags.required(headers.getFirst(HttpHeaders.IF_MATCH));
    Predicate<KillSwitch> expected = now -> EntityTags.strongly(ifMatch, List.of(etag(now)));
    boolean done =
        dryRun
            ? expected.test(keeper.current())
            : keeper.set(expected, next, (before, set) -> note(before, next, author, set));
    if (!done) {
      throw ProblemException.stale(etag(keeper.current()), List.of());
    }
    return dryRun ? ResponseEntity.ok(SwitchBody.of(next)) : answer(next);
  }

  private void note(KillSwitch before, KillSwitch next, Author author, Runnable set) {
    String from = before.mode().word();
    audit.change(author, "kill-switch.put", from, next.mode().word(), List.of(), set);
  }

  private static ResponseEntity<SwitchBody> answer(KillSwitch state) {
    return ResponseEntity.ok().eTag(etag(state)).body(SwitchBody.of(state));
  }

  private static String etag(KillSwitch state) {
    return String.format(
        Locale.ROOT,
        "\"%s-%x-%x\"",
        state.mode().word(),
        state.sinceUnixMillis(),
        31L * state.untilUnixMillis() + state.reason().hashCode());
  }

  private KillSwitch read(JsonNode body) {
    RequestFields.known("", body, FIELDS, "{\"mode\": \"keep-all\"}");
    KillSwitch.Mode mode = mode(body.path("mode"));
    String reason = reason(body.path("reason"));
    long now = keeper.now();
    Duration ttl = ttl(body.path("ttl"));
    return mode == KillSwitch.Mode.OFF
        ? new KillSwitch(mode, now, Long.MAX_VALUE, reason)
        : new KillSwitch(mode, now, now + ttl.toMillis(), reason);
  }

  private static KillSwitch.Mode mode(JsonNode node) {
    for (KillSwitch.Mode mode : KillSwitch.Mode.values()) {
      if (node.isString() && mode.word().equals(node.asString())) {
        return mode;
      }
    }
    throw ProblemException.invalid(
        "/mode",
        node.isMissingNode() ? "mode is missing" : "no such mode: " + shortened(node),
        "one of off, keep-all, bypass");
  }

  private static Duration ttl(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return TTL;
    }
    Optional<Duration> ttl = node.isString() ? Durations.parse(node.asString()) : Optional.empty();
    return ttl.filter(d -> d.isPositive() && d.compareTo(TTL_MAX) <= 0)
        .orElseThrow(
            () ->
                ProblemException.invalid(
                    "/ttl",
                    "not a time in (0, 24h]: " + shortened(node),
                    "for example \"5m\" or \"PT5M\""));
  }

  private static String reason(JsonNode node) {
    if (!node.isString() && !node.isMissingNode() && !node.isNull()) {
      throw ProblemException.invalid("/reason", "is not a text", "\"incident 7\"");
    }
    String reason = node.asString("");
    // Goes into the log as one line.
    if (reason.length() > REASON_MAX || reason.chars().anyMatch(Character::isISOControl)) {
      throw ProblemException.invalid(
          "/reason", "too long or with control characters", "at most 500 characters in one line");
    }
    return reason;
  }

  /** A body may be long; an answer need not be. */
  private static String shortened(JsonNode node) {
    String text = node.toString();
    return text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "…";
  }
}
