package dev.spanthrift.agent.command.option;

import java.lang.reflect.Proxy;

/**
 * SIGTERM and SIGINT as an ordinary end, with exit status 0: Kubernetes, systemd and Podman show
 * the JVM's own 143 as an error. The shutdown hooks run as they do for the JVM's handler.
 *
 * <p>By reflection, because there is no public interface, and a JDK without this one should start
 * all the same.
 */
public final class EndSignals {
  private EndSignals() {}

  public static void endClean() {
    for (String name : new String[] {"TERM", "INT"}) {
      try {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object exit =
            Proxy.newProxyInstance(
                EndSignals.class.getClassLoader(),
                new Class<?>[] {handler},
                (proxy, method, given) -> end());
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), exit);
      } catch (ReflectiveOperationException e) {
        // The JVM's own handler ends the program too, with another status.
      }
    }
  }

  private static Object end() {
    System.exit(0);
    return "ended";
  }
}
