package dev.spanthrift.agent.receive.http;

import dev.spanthrift.sampler.wire.Signal;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import org.jspecify.annotations.Nullable;

/** Reads the head of a request. */
final class HttpPaths {
  private static final Signal[] SIGNALS = Signal.values();

  private HttpPaths() {}

  /** The signal of a path, whatever query follows; null if there is none. */
  static @Nullable Signal signal(String uri) {
    for (Signal signal : SIGNALS) {
      String path = signal.httpPath();
      if (uri.startsWith(path)
          && (uri.length() == path.length() || uri.charAt(path.length()) == '?')) {
        return signal;
      }
    }
    return null;
  }

  static boolean isPost(HttpMethod method) {
    return HttpMethod.POST.equals(method);
  }

  /** Bytes announced, or -1: the decoder has refused what is no number. */
  static long contentLength(HttpHeaders headers) {
    String value = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    if (value == null) {
      return -1;
    }
    try {
      return Long.parseLong(value.trim());
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }
}
