package dev.spanthrift.agent.control.operation;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.agent.control.http.Paging;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.spend.SpendView;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.sampler.signal.OperationMeasures;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** All operations since start, sorted, filtered, page by page. */
@RestController
public final class OperationApi {
  private static final String BY_NAME = "operation";
  private static final Comparator<OperationRow> NAMES =
      Comparator.comparing(OperationRow::service).thenComparing(OperationRow::operation);
  private static final Map<String, ToDoubleFunction<OperationRow>> SORTS =
      new TreeMap<>(
          Map.of(
              "paid", row -> row.kept().money(),
              "listPrice", row -> row.all().money(),
              "spans", row -> row.all().spans(),
              "errors", row -> row.all().errors(),
              "errorRate", row -> or0(row.all().errorRate()),
              "p95", row -> or0(row.all().p95()),
              "keptShare", OperationRow::keptShare));

  private final PipelineView pipeline;
  private final OperationHistory history;
  private final SpendView spend;

  public OperationApi(PipelineView pipeline, OperationHistory history, SpendView spend) {
    this.pipeline = pipeline;
    this.history = history;
    this.spend = spend;
  }

  /**
   * One page.
   *
   * @param total operations that the filter lets through
   * @param max operations that have a row of their own; others share one
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Page(
      List<OperationRow> operations,
      @Nullable String next,
      int total,
      Instant since,
      double seconds,
      String currency,
      int max) {}

  @GetMapping("/api/v1/operations")
  Mono<Page> operations(
      @RequestParam(defaultValue = "paid") String sort,
      @RequestParam(required = false) @Nullable String service,
      @RequestParam(required = false) @Nullable String operation,
      @RequestParam(defaultValue = "50") int limit,
      @RequestParam(required = false) @Nullable String cursor) {
    Paging paging = Paging.of(limit, cursor);
    Comparator<OperationRow> order = order(sort);
    return Mono.fromCallable(() -> page(order, service, operation, paging, cursor))
        .subscribeOn(Schedulers.boundedElastic());
  }

  /** The last hour of those that had the most spans. */
  @GetMapping("/api/v1/operations/history")
  OperationMinutes.Minutes history() {
    return history.minutes().minutes();
  }

  private Page page(
      Comparator<OperationRow> order,
      @Nullable String service,
      @Nullable String operation,
      Paging paging,
      @Nullable String cursor) {
    long started = pipeline.status().startedUnixMillis();
    OperationTable table =
        new OperationTable(history.now(), history.minuteAgo(), spend.price(), started);
    List<OperationRow> found =
        table.rows().stream()
            .filter(row -> service == null || row.service().equals(service))
            .filter(row -> operation == null || row.operation().contains(operation))
            .sorted(order)
            .toList();
    // A cursor counts rows: they change their places while they are counted, and nobody waits.
    int from = cursor == null ? 0 : (int) Math.min(paging.before(), found.size());
    int to = Math.min(found.size(), from + paging.limit());
    return new Page(
        found.subList(from, to),
        to < found.size() ? Integer.toString(to, Character.MAX_RADIX) : null,
        found.size(),
        Instant.ofEpochMilli(started),
        table.seconds(),
        spend.spend().currency(),
        OperationMeasures.OPERATIONS_MAX);
  }

  private static Comparator<OperationRow> order(String sort) {
    if (sort.equals(BY_NAME)) {
      return NAMES;
    }
    ToDoubleFunction<OperationRow> by = SORTS.get(sort);
    if (by == null) {
      throw ProblemException.invalid(
          "/sort", "sort is " + sort, BY_NAME + " or one of " + SORTS.keySet());
    }
    return Comparator.comparingDouble(by).reversed().thenComparing(NAMES);
  }

  private static double or0(@Nullable Double value) {
    return value == null ? 0 : value;
  }
}
