package dev.spanthrift.agent.control.front;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * Reads into arrays of one size.
 *
 * <p>Netty would take direct memory, of which there are 24 MiB for ports and exporter; whoever
 * floods this port would take it from them.
 */
final class HeapReads extends DefaultMaxMessagesRecvByteBufAllocator {
  private static final int BYTES = 8 << 10;

  @Override
  public Handle newHandle() {
    return new MaxMessageHandle() {
      @Override
      public int guess() {
        return BYTES;
      }

      @Override
      public ByteBuf allocate(ByteBufAllocator allocator) {
        return allocator.heapBuffer(BYTES);
      }
    };
  }
}
