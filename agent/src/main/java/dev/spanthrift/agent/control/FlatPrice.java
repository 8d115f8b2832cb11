package dev.spanthrift.agent.control;

import dev.spanthrift.agent.pipeline.PipelineStatus;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * One price per gigabyte of span bytes, without a budget: all that is known until price models are.
 *
 * <p>spent = kept bytes · price, saved = dropped bytes · price, both since start.
 */
public record FlatPrice(String currency, double pricePerGigabyte, Supplier<PipelineStatus> pipeline)
    implements SpendView {
  private static final double GIGABYTE = 1e9;

  public FlatPrice {
    if (!currency.matches("[A-Z]{3}")) {
      throw new IllegalArgumentException("not an ISO 4217 code: " + currency);
    }
    if (!(pricePerGigabyte >= 0) || Double.isInfinite(pricePerGigabyte)) {
      throw new IllegalArgumentException("price per gigabyte: " + pricePerGigabyte);
    }
  }

  @Override
  public Spend spend() {
    PipelineStatus status = pipeline.get();
    return new Spend(
        currency,
        pricePerGigabyte,
        new Spend.Period("since start", Instant.ofEpochMilli(status.startedUnixMillis()), null),
        null,
        status.spans().keptBytes() / GIGABYTE * pricePerGigabyte,
        status.spans().droppedBytes() / GIGABYTE * pricePerGigabyte,
        null);
  }
}
