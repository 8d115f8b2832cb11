package dev.spanthrift.agent.fleet;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * One open connection to the engine, whatever its kind.
 *
 * @param ends closed with it: the connection itself, or the client that it has alone
 * @param mode standalone, sentinel or cluster
 * @param version as the engine names itself
 */
record Link(
    StatefulConnection<byte[], byte[]> connection,
    RedisClusterAsyncCommands<byte[], byte[]> commands,
    AutoCloseable ends,
    String mode,
    String version) {

  boolean isCluster() {
    return mode.equals("cluster");
  }

  /** Runs a script; an engine that has forgotten it gets its text. Never blocks. */
  CompletableFuture<byte[]> run(Script script, byte[][] keys, byte[][] arguments, long millis) {
    return this.<byte[]>once(() -> commands.evalsha(script.digest(), TYPE, keys, arguments), millis)
        .exceptionallyCompose(
            e ->
                Trouble.isScriptUnknown(e)
                    ? once(() -> commands.eval(script.text(), TYPE, keys, arguments), millis)
                    : CompletableFuture.failedFuture(e));
  }

  private static final ScriptOutputType TYPE = ScriptOutputType.VALUE;

  private interface Call<T> {
    java.util.concurrent.CompletionStage<T> issue();
  }

  private <T> CompletableFuture<T> once(Call<T> call, long millis) {
    try {
      return call.issue().toCompletableFuture().copy().orTimeout(millis, TimeUnit.MILLISECONDS);
    } catch (RuntimeException e) { // not connected, or the queue is full
      return CompletableFuture.failedFuture(new CompletionException(e));
    }
  }

  void close() {
    try {
      ends.close();
    } catch (Exception e) {
      throw new IllegalStateException("closing the connection to the engine", e);
    }
  }
}
