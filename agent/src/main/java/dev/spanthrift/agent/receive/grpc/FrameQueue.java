package dev.spanthrift.agent.receive.grpc;

import dev.spanthrift.agent.receive.door.Workspace;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Frames for one client that were not written yet.
 *
 * <p>They gather while what came is read, and go with one system call.
 */
final class FrameQueue {
  private @Nullable ByteBuf frames;

  /** Where the next frame is to be appended. */
  ByteBuf frames() {
    ByteBuf gathered = frames;
    if (gathered == null) {
      gathered = Workspace.ofThread().replies();
      frames = gathered;
    }
    return gathered;
  }

  void write(ChannelHandlerContext ctx) {
    ByteBuf gathered = frames;
    if (gathered != null) {
      frames = null;
      ctx.writeAndFlush(gathered, ctx.voidPromise());
    }
  }

  /** Lets go what nobody will read. */
  void release() {
    if (frames != null) {
      frames.release();
      frames = null;
    }
  }
}
