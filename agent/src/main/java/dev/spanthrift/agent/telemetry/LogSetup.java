package dev.spanthrift.agent.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * The program's log: stderr, because stdout is for data; warnings of libraries, news of ours.
 *
 * <p>In code, because reading XML costs half of the time until the OTLP ports are open. Whoever
 * names a file in {@code -Dlogback.configurationFile} gets that instead.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty("logback.configurationFile") != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(stderr(context));
    context.getLogger("dev.spanthrift").setLevel(Level.INFO);
    context.getLogger("reactor.netty.http.client").setLevel(Level.ERROR);
    // What the fleet has to say of its engine it says itself.
    context.getLogger("io.lettuce").setLevel(Level.ERROR);
    // Whoever sends garbage to the HTTP port would fill the log.
    context.getLogger("reactor.netty.http.server.HttpServerOperations").setLevel(Level.ERROR);
    context.getLogger("io.netty.channel.DefaultChannelPipeline").setLevel(Level.ERROR);
    // Spring's screens about a port that is taken: we say it in one line.
    context.getLogger("org.springframework.boot.diagnostics").setLevel(Level.OFF);
    context.getLogger("org.springframework.boot.web.server.reactive").setLevel(Level.ERROR);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static ConsoleAppender<ILoggingEvent> stderr(LoggerContext context) {
    LogLine lines = new LogLine();
    lines.setContext(context);
    lines.start();
    ConsoleAppender<ILoggingEvent> stderr = new ConsoleAppender<>();
    stderr.setContext(context);
    stderr.setTarget("System.err");
    stderr.setEncoder(lines);
    stderr.start();
    return stderr;
  }
}
