package dev.spanthrift.agent.collector.tail;

import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.RequestWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * The samplers of single spans with which a pipeline begins, one behind the other: the next one
 * sees the trace state that the one before has written.
 */
final class SpanSampling implements RequestWriter.TraceStateEdit {
  private final SpanSampler[] samplers;
  private final boolean last; // nothing stands behind them
  private byte[] written = new byte[LENGTH_MAX];
  private byte[] spare = new byte[LENGTH_MAX];
  private int length;

  SpanSampling(List<SamplingStage> processors) {
    List<SpanSampler> first = new ArrayList<>();
    for (SamplingStage processor : processors) {
      if (!(processor instanceof ProbabilisticSampler settings)) {
        break;
      }
      first.add(new SpanSampler(settings));
    }
    samplers = first.toArray(SpanSampler[]::new);
    last = first.size() == processors.size();
  }

  /** Fills in the decision, if it is made here. */
  boolean decides(Batch batch, int row, CollectorDecision out) {
    if (samplers.length == 0) {
      return false;
    }
    boolean edited = false;
    for (SpanSampler sampler : samplers) {
      boolean kept =
          edited
              ? sampler.keeps(batch, row, written, 0, length)
              : sampler.keeps(
                  batch,
                  row,
                  batch.buffer(),
                  batch.traceStateOffset(row),
                  batch.traceStateLength(row));
      if (!kept) {
        out.drop(CollectorDecider.PROBABILISTIC);
        return true;
      }
      if (sampler.writes()) {
        length = sampler.write(spare);
        swap();
        edited = true;
      }
    }
    if (last && edited) {
      out.keep(CollectorDecider.PROBABILISTIC, this);
    } else if (last) {
      out.keep(CollectorDecider.PROBABILISTIC);
    }
    return last;
  }

  private void swap() {
    byte[] other = written;
    written = spare;
    spare = other;
  }

  /** Puts what was written for the span that was decided last. */
  @Override
  public int edit(byte[] source, int offset, int sourceLength, byte[] into) {
    System.arraycopy(written, 0, into, 0, length);
    return length;
  }
}
