package dev.spanthrift.agent.pipeline;

import dev.spanthrift.sampler.trace.SliceCodec;
import org.jspecify.annotations.Nullable;

/**
 * The codec of waiting spans, chosen with the first block: zstd's library is unpacked and linked
 * after the ports are open, not before. One thread at a time, as {@link ZstdCodec}.
 */
final class LateCodec implements SliceCodec {
  private @Nullable SliceCodec chosen;

  private SliceCodec chosen() {
    SliceCodec known = chosen;
    if (known == null) {
      known = ZstdCodec.orDeflate();
      chosen = known;
    }
    return known;
  }

  @Override
  public byte[] compress(byte[] block, int length) {
    return chosen().compress(block, length);
  }

  @Override
  public void decompress(byte[] compressed, byte[] into, int length) {
    chosen().decompress(compressed, into, length);
  }

  @Override
  public long bytesHeld() {
    return chosen == null ? 0 : chosen.bytesHeld();
  }

  @Override
  public void close() {
    if (chosen != null) {
      chosen.close();
    }
  }
}
