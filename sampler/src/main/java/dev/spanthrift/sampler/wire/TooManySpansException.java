package dev.spanthrift.sampler.wire;

/**
 * One request has more spans than the bound: refused as too large, because the scan keeps a row for
 * each span and memory is bounded under any input.
 */
public final class TooManySpansException extends RuntimeException {
  public TooManySpansException(int spansMax) {
    super("more than " + spansMax + " spans in one request", null, false, false);
  }
}
