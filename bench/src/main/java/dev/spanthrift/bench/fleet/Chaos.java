package dev.spanthrift.bench.fleet;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Troubles, one after the other, while a fleet is fed. */
final class Chaos {
  void begin(@Nullable EngineProcess engine, List<SidecarProcess> sidecars) {
    throw new UnsupportedOperationException("not there yet");
  }
}
