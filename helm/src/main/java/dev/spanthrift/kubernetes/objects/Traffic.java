package dev.spanthrift.kubernetes.objects;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What sidecars saw since each of them started; those that have ended are not in it.
 *
 * @param receivedSpans and what became of them
 * @param wouldDropSpans what policies in shadow would have dropped and was kept
 * @param wouldKeepSpans what they would have kept and was dropped
 * @param currency of the money; empty when the sidecars do not agree
 * @param spent this period
 * @param saved likewise
 * @param wouldSave list price of {@code wouldDropBytes}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Traffic(
    long receivedSpans,
    long receivedBytes,
    long keptSpans,
    long droppedSpans,
    long failedSpans,
    long wouldDropSpans,
    long wouldDropBytes,
    long wouldKeepSpans,
    String currency,
    double spent,
    double saved,
    double wouldSave) {
  public static final Traffic NONE = new Traffic(0, 0, 0, 0, 0, 0, 0, 0, "", 0, 0, 0);

  /** Both together. */
  public Traffic plus(Traffic other) {
    boolean agree =
        currency.equals(other.currency) || equals(NONE) || other.equals(NONE);
    return new Traffic(
        receivedSpans + other.receivedSpans,
        receivedBytes + other.receivedBytes,
        keptSpans + other.keptSpans,
        droppedSpans + other.droppedSpans,
        failedSpans + other.failedSpans,
        wouldDropSpans + other.wouldDropSpans,
        wouldDropBytes + other.wouldDropBytes,
        wouldKeepSpans + other.wouldKeepSpans,
        agree ? (currency.isEmpty() ? other.currency : currency) : "",
        spent + other.spent,
        saved + other.saved,
        wouldSave + other.wouldSave);
  }
}
