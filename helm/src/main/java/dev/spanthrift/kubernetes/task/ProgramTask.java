package dev.spanthrift.kubernetes.task;

import dev.spanthrift.agent.timer.Guarded;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A task of a timer that asks the API server or reads a file: what these do not do is told in their
 * own words, which name the right or the object that is missing; a stack would hide them.
 */
public final class ProgramTask {
  private ProgramTask() {}

  /** Guards it, by a name that becomes a label. */
  public static Guarded guarded(String name, Runnable task) {
    return Guarded.task(name, task, ProgramTask::words);
  }

  private static @Nullable String words(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof KubernetesClientException) {
        return "the API server does not do as asked: " + cause.getMessage();
      }
      if (cause instanceof UncheckedIOException file) {
        IOException why = file.getCause();
        return why == null ? file.getMessage() : file.getMessage() + ": " + why.getMessage();
      }
    }
    return null;
  }
}
