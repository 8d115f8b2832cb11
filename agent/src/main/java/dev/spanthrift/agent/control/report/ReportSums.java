package dev.spanthrift.agent.control.report;

/**
 * What came, what was kept, and what it cost; money in units of the currency.
 *
 * @param listPrice of all that was received
 * @param paid list price of what was kept
 * @param saved {@code listPrice − paid − ownCost}: below zero where this program costs more
 */
record ReportSums(
    long receivedSpans,
    long receivedBytes,
    long keptSpans,
    long keptBytes,
    long errorSpans,
    long keptErrorSpans,
    double listPrice,
    double paid,
    double ownCost,
    double saved) {
  static final ReportSums NOTHING = new ReportSums(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  static ReportSums of(
      long receivedSpans,
      long receivedBytes,
      long keptSpans,
      long keptBytes,
      long errorSpans,
      long keptErrorSpans,
      double listPrice,
      double paid,
      double ownCost) {
    return new ReportSums(
        receivedSpans,
        receivedBytes,
        keptSpans,
        keptBytes,
        errorSpans,
        keptErrorSpans,
        listPrice,
        paid,
        ownCost,
        listPrice - paid - ownCost);
  }

  ReportSums plus(ReportSums other) {
    return of(
        receivedSpans + other.receivedSpans,
        receivedBytes + other.receivedBytes,
        keptSpans + other.keptSpans,
        keptBytes + other.keptBytes,
        errorSpans + other.errorSpans,
        keptErrorSpans + other.keptErrorSpans,
        listPrice + other.listPrice,
        paid + other.paid,
        ownCost + other.ownCost);
  }

  ReportSums withOwnCost(double cost) {
    return of(
        receivedSpans,
        receivedBytes,
        keptSpans,
        keptBytes,
        errorSpans,
        keptErrorSpans,
        listPrice,
        paid,
        cost);
  }
}
