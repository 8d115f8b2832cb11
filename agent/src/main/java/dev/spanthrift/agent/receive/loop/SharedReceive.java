package dev.spanthrift.agent.receive.loop;

import dev.spanthrift.agent.receive.door.Workspace;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * Lets all connections of an event loop read into one buffer, for pipelines whose first handler
 * keeps nothing of what it is given.
 */
@SuppressWarnings("deprecation") // Netty's own allocators extend the same classes
public final class SharedReceive extends DefaultMaxMessagesRecvByteBufAllocator {
  @Override
  public Handle newHandle() {
    return new MaxMessageHandle() {
      @Override
      public ByteBuf allocate(ByteBufAllocator ignored) {
        return Workspace.ofThread().received();
      }

      @Override
      public int guess() {
        return Workspace.RECEIVED_BYTES;
      }
    };
  }
}
