package dev.spanthrift.agent.control;

import dev.spanthrift.agent.control.front.AdminAnswer;
import dev.spanthrift.agent.control.front.AdminRequest;
import dev.spanthrift.agent.control.front.Site;
import java.util.Collection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * REST and page, started by the first request for them.
 *
 * <p>A sidecar that is only probed and scraped never pays for Spring: not a class of it is named
 * here, because the JVM loads what it must compare when it verifies a class.
 */
final class WebSite implements Site, AutoCloseable {
  private final ControlParts parts;
  private @Nullable SpringSite opened;

  WebSite(ControlParts parts) {
    this.parts = parts;
  }

  @Override
  public void answer(AdminRequest request, Consumer<AdminAnswer> done) {
    opened().answer(request, done);
  }

  @Override
  public Runnable begin(AdminRequest request, Consumer<AdminAnswer> done) {
    return opened().begin(request, done);
  }

  private synchronized SpringSite opened() {
    SpringSite known = opened;
    if (known == null) {
      known = new SpringSite(parts);
      opened = known;
    }
    return known;
  }

  /** For tests. */
  <T> Collection<T> beans(Class<T> type) {
    return opened().beans(type);
  }

  @Override
  public synchronized void close() {
    if (opened != null) {
      opened.close();
    }
  }
}
