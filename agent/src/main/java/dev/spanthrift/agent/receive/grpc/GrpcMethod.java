package dev.spanthrift.agent.receive.grpc;

import dev.spanthrift.sampler.wire.Signal;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A method that can be called here.
 *
 * @param signal what it exports; null asks for health
 * @param watches whether the answer stays open
 */
record GrpcMethod(AsciiString path, @Nullable Signal signal, boolean watches) {
  static final String HEALTH_SERVICE = "grpc.health.v1.Health";

  private static final List<GrpcMethod> ALL = all();

  /** Null if it is none of ours. */
  static @Nullable GrpcMethod at(@Nullable CharSequence path) {
    if (path != null) {
      for (GrpcMethod method : ALL) {
        if (method.path.contentEquals(path)) {
          return method;
        }
      }
    }
    return null;
  }

  private static List<GrpcMethod> all() {
    List<GrpcMethod> all = new ArrayList<>();
    for (Signal signal : Signal.values()) {
      all.add(of(signal.grpcService() + "/Export", signal, false));
    }
    all.add(of(HEALTH_SERVICE + "/Check", null, false));
    all.add(of(HEALTH_SERVICE + "/Watch", null, true));
    return List.copyOf(all);
  }

  private static GrpcMethod of(String name, @Nullable Signal signal, boolean watches) {
    return new GrpcMethod(AsciiString.cached("/" + name), signal, watches);
  }
}
