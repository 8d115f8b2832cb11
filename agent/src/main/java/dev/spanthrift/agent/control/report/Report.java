package dev.spanthrift.agent.control.report;

import dev.spanthrift.agent.control.http.Note;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

/**
 * What was paid and saved, and what was lost for it.
 *
 * @param mode {@code shadow} where nothing was dropped, else {@code enforcing}
 * @param days the youngest first
 * @param services over all days, the dearest first
 * @param shadows what policies in shadow would have done, since start
 * @param notes the remarks by code
 */
record Report(
    String currency,
    double pricePerGigabyte,
    LocalDate from,
    LocalDate to,
    String mode,
    ReportSums total,
    List<Day> days,
    List<Service> services,
    Loss lost,
    List<Shadow> shadows,
    List<String> remarks,
    List<Note> notes) {
  /** One UTC day. */
  record Day(LocalDate day, ReportSums sums, List<Service> services) {}

  /** One service. */
  record Service(String service, ReportSums sums) {}

  /**
   * Seen and never kept since start.
   *
   * @param structures sets of operations that traces had here
   * @param structuresFolded fragments whose structure found no place in the table
   * @param signatures the most frequent first, at most 100
   */
  record Loss(
      int errorSignatures,
      int errorSignaturesNeverKept,
      int structures,
      int structuresNeverKept,
      long structuresFolded,
      List<Signature> signatures,
      Instant since) {}

  /** One kind of error. */
  record Signature(String service, String operation, String error, long spans) {}

  /**
   * One policy that only counts.
   *
   * @param more spans that it would keep and that were dropped
   * @param less spans that it would drop and that were kept
   * @param wouldSave list price of what it would drop more, less that of what it would keep more
   */
  record Shadow(
      String policy, long keptSpans, long droppedSpans, long more, long less, double wouldSave) {}
}
