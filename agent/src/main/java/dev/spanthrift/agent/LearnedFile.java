package dev.spanthrift.agent;

import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.pipeline.Pipeline;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.state.StateFile;
import dev.spanthrift.agent.timer.Guarded;
import dev.spanthrift.sampler.LearnedState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what the sampler has learned in a file of the state folder: read before the ports open,
 * written once a minute and at the end, by the timer's thread.
 *
 * <p>A file that cannot be used is ignored, warned of and counted: then all is learned anew.
 */
final class LearnedFile implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LearnedFile.class);
  private static final String FILE = "learned.bin";
  private static final long SAVE_SECONDS = 60;

  private final Path file;
  private final Pipeline pipeline;
  private boolean saveFailed;
  private long savedSpans;

  private LearnedFile(Path file, Pipeline pipeline) {
    this.file = file;
    this.pipeline = pipeline;
  }

  /** Gives the pipeline what was saved. */
  static LearnedFile open(Path stateDir, Pipeline pipeline) {
    LearnedFile opened = new LearnedFile(stateDir.resolve(FILE), pipeline);
    opened.restore();
    return opened;
  }

  private void restore() {
    try {
      if (!Files.exists(file)) {
        return;
      }
      long size = Files.size(file);
      if (size > LearnedState.BYTES_MAX) {
        throw new IOException(size + " bytes, more than " + LearnedState.BYTES_MAX);
      }
      LearnedState.Restored restored = pipeline.restore(Files.readAllBytes(file));
      restored.warning().ifPresentOrElse(log::warn, () -> say(restored.ageSeconds()));
    } catch (IOException | RuntimeException e) {
      pipeline.snapshotIgnored();
      log.warn("saved learned state is ignored: {}", InputFile.reason(e));
    }
  }

  private void say(int ageSeconds) {
    PipelineStatus.Learned learned = pipeline.status().learned();
    log.info(
        "goes on with what was learned until {} s ago: {} operations, {} edges, {} paths",
        ageSeconds,
        learned.operations(),
        learned.edges(),
        learned.paths());
  }

  /** Saves once a minute from now on. */
  void every(ScheduledExecutorService timer) {
    var unused =
        timer.scheduleWithFixedDelay(
            Guarded.task("saving of what is learned", this::saveWhatIsNew),
            SAVE_SECONDS,
            SAVE_SECONDS,
            TimeUnit.SECONDS);
  }

  /** Nothing comes, nothing is learned. */
  private synchronized void saveWhatIsNew() {
    long spans = pipeline.status().spans().received().spans();
    if (spans != savedSpans) {
      savedSpans = spans;
      save();
    }
  }

  private synchronized void save() {
    try {
      StateFile.replace(file, pipeline.learned());
      saveFailed = false;
    } catch (IOException | RuntimeException e) {
      if (!saveFailed) {
        log.warn(
            "what was learned cannot be saved in {}: {}", file.getParent(), InputFile.reason(e));
      }
      saveFailed = true;
    }
  }

  /** Saves a last time. */
  @Override
  public void close() {
    save();
  }
}
