package dev.spanthrift.sampler.budget.price;

/**
 * What a piece of a trace costs, in units of price: the smallest amounts counted, such as picos of
 * a currency, or bytes.
 *
 * <p>The unit is the caller's, one for the whole fleet; a span should cost at least some hundred.
 */
@FunctionalInterface
public interface PriceOf {
  /** Money counted as bytes. */
  PriceOf BYTES = (bytes, spans) -> bytes;

  long price(long bytes, int spans);
}
