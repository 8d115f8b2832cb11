package dev.spanthrift.agent.control.report;

import dev.spanthrift.agent.control.http.Note;
import dev.spanthrift.agent.control.http.NoteCode;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.operation.OperationHistory;
import dev.spanthrift.agent.control.spend.ListPrice;
import dev.spanthrift.agent.control.spend.SpendView;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.estimate.Losses;
import dev.spanthrift.sampler.policy.PolicyCounts;
import dev.spanthrift.sampler.signal.OperationMeasures;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The savings report. */
@RestController
public final class ReportApi {
  private static final Comparator<Report.Service> DEAREST =
      Comparator.comparingDouble((Report.Service s) -> s.sums().listPrice())
          .reversed()
          .thenComparing(Report.Service::service);

  private static final double LATE_SHARE = 0.05; // of spans that come too late to be kept

  private final PipelineView pipeline;
  private final ReportBooks books;
  private final OperationHistory history;
  private final SpendView spend;

  public ReportApi(
      PipelineView pipeline, ReportBooks books, OperationHistory history, SpendView spend) {
    this.pipeline = pipeline;
    this.books = books;
    this.history = history;
    this.spend = spend;
  }

  @GetMapping("/api/v1/report")
  Mono<Report> report(
      @RequestParam(defaultValue = "31") int days,
      @RequestParam(required = false) @Nullable String service) {
    if (days < 1 || days > ReportBooks.DAYS_MAX) {
      throw ProblemException.invalid(
          "/days", "days is from 1 to " + ReportBooks.DAYS_MAX + ", not " + days, "31");
    }
    return Mono.fromCallable(() -> made(days, service)).subscribeOn(Schedulers.boundedElastic());
  }

  private Report made(int count, @Nullable String service) {
    OperationHistory.Reading now = history.now();
    books.count(now);
    LocalDate to = ReportBooks.day(now.unixMillis());
    LocalDate from = to.minusDays(count - 1L);
    Map<String, ReportSums> byService = new TreeMap<>();
    List<Report.Day> days = new ArrayList<>();
    books
        .days()
        .tailMap(from, true)
        .descendingMap()
        .forEach(
            (day, all) -> {
              List<Report.Service> services = services(all, service);
              services.forEach(s -> byService.merge(s.service(), s.sums(), ReportSums::plus));
              days.add(new Report.Day(day, sum(services), services));
            });
    List<Report.Service> services = services(byService, null);
    PipelineStatus status = pipeline.status();
    ReportSums all = sum(services);
    List<Note> notes = notes();
    return new Report(
        spend.spend().currency(),
        spend.spend().pricePerGigabyte(),
        from,
        to,
        isShadow(status, all) ? "shadow" : "enforcing",
        all,
        List.copyOf(days),
        services,
        lost(status),
        shadows(),
        Note.texts(notes),
        notes);
  }

  private static List<Report.Service> services(Map<String, ReportSums> all, @Nullable String only) {
    return all.entrySet().stream()
        .filter(entry -> only == null || entry.getKey().equals(only))
        .map(entry -> new Report.Service(entry.getKey(), entry.getValue()))
        .sorted(DEAREST)
        .toList();
  }

  private static ReportSums sum(List<Report.Service> services) {
    return services.stream().map(Report.Service::sums).reduce(ReportSums.NOTHING, ReportSums::plus);
  }

  /** Neither this process has dropped anything, nor one before it in the days of the report. */
  private static boolean isShadow(PipelineStatus status, ReportSums all) {
    long waiting = status.spans().received().spans() - status.spans().kept().spans();
    long notKept = all.receivedSpans() - all.keptSpans();
    return status.spans().dropped().spans() == 0
        && notKept <= waiting + LATE_SHARE * all.receivedSpans();
  }

  private Report.Loss lost(PipelineStatus status) {
    Losses.Summary losses = pipeline.losses();
    return new Report.Loss(
        losses.errorSignatures(),
        losses.errorSignaturesNeverKept(),
        losses.structures(),
        losses.structuresNeverKept(),
        losses.structuresFolded(),
        losses.signatures().stream().map(this::signature).toList(),
        Instant.ofEpochMilli(status.startedUnixMillis()));
  }

  private Report.Signature signature(Losses.Lost lost) {
    OperationMeasures.Labels labels = pipeline.operation(lost.operation());
    return new Report.Signature(labels.service(), labels.operation(), lost.error(), lost.spans());
  }

  private List<Report.Shadow> shadows() {
    SpanPrice price = spend.price();
    return pipeline.policies().stream()
        .filter(PolicyCounts::shadow)
        .map(
            policy ->
                new Report.Shadow(
                    policy.name(),
                    policy.kept().spans(),
                    policy.dropped().spans(),
                    policy.more().spans(),
                    policy.less().spans(),
                    money(price, policy.less()) - money(price, policy.more())))
        .toList();
  }

  private static double money(SpanPrice price, PolicyCounts.Amount amount) {
    return ListPrice.of(price, amount.bytes(), amount.spans());
  }

  private List<Note> notes() {
    List<Note> notes = new ArrayList<>();
    if (spend.price().nominal()) {
      notes.add(Note.of(NoteCode.NO_PRICE));
    }
    notes.add(Note.of(NoteCode.BY_LIST_PRICE));
    notes.add(Note.of(NoteCode.LATE_NOT_KEPT));
    return notes;
  }
}
