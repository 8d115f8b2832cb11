package dev.spanthrift.agent.command;

import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.agent.pipeline.SidecarProgram;
import java.time.Duration;

/** The program with a sidecar that only says what is asked of it; started as a process. */
public final class RunStub implements SidecarProgram {
  public static void main(String[] arguments) {
    System.exit(Verbs.run(arguments, System.getenv(), RunStub::new));
  }

  @Override
  public Ports start(SpanthriftSettings settings) throws StartException {
    if (settings.admin().port() == 1) {
      throw new StartException("port 1 is taken");
    }
    return new Ports(11, 12, 13);
  }

  @Override
  public PipelineStatus status() {
    throw new IllegalStateException();
  }

  @Override
  public long waitingSpans() {
    return 355;
  }

  @Override
  public void stop(Duration deadline) {
    System.out.println("stopped within " + deadline);
  }
}
