package dev.spanthrift.agent.receive.http;

import dev.spanthrift.sampler.wire.Signal;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the head of a request. */
final class HttpPaths {
  private static final Signal[] SIGNALS = Signal.values();
  private static final Pattern SCHEME = Pattern.compile("(?i)https?://");
  private static final Pattern SLASHES = Pattern.compile("//+");
  private static final Pattern UNPRINTABLE = Pattern.compile("[^ -~]");
  private static final int SHOWN = 100; // characters of what a client has sent

  private HttpPaths() {}

  /** The path of a target in origin form or absolute form (RFC 9112, 3.2), without its query. */
  static String path(String target) {
    for (Signal signal : SIGNALS) {
      if (target.equals(signal.httpPath())) {
        return target; // nearly always
      }
    }
    String path = target.replaceFirst("[?#].*", "");
    if (SCHEME.matcher(path).lookingAt()) {
      int slash = path.indexOf('/', path.indexOf("://") + 3);
      path = slash < 0 ? "/" : path.substring(slash);
    }
    path = SLASHES.matcher(path).replaceAll("/");
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  /** The signal of a path; null if there is none. */
  static @Nullable Signal signal(String path) {
    for (Signal signal : SIGNALS) {
      if (path.equals(signal.httpPath())) {
        return signal;
      }
    }
    return null;
  }

  /** What a client that has asked for a path of nothing should do. */
  static String hint(String path) {
    String shown = shown(path);
    String lower = path.toLowerCase(Locale.ROOT);
    for (Signal signal : SIGNALS) {
      String right = signal.httpPath();
      if (lower.endsWith(right)) {
        return "No such path: %s; %s go to %s: the client's endpoint should be the base address alone"
            .formatted(shown, word(signal), right);
      }
    }
    for (Signal signal : SIGNALS) {
      if (stems(signal).stream().anyMatch(lower::contains)) {
        return "No such path: %s; %s go to %s, as OTLP"
            .formatted(shown, word(signal), signal.httpPath());
      }
    }
    List<String> all = Arrays.stream(SIGNALS).map(Signal::httpPath).toList();
    return "No such path: %s; OTLP goes to one of %s".formatted(shown, String.join(", ", all));
  }

  /** Of words that people and other systems put into paths. */
  private static List<String> stems(Signal signal) {
    return switch (signal) {
      case TRACES -> List.of("trace", "span");
      case METRICS -> List.of("metric");
      case LOGS -> List.of("log");
      case PROFILES -> List.of("profile");
    };
  }

  private static String word(Signal signal) {
    return signal.name().toLowerCase(Locale.ROOT);
  }

  private static String shown(String path) {
    String cut = path.length() > SHOWN ? path.substring(0, SHOWN) + "..." : path;
    return UNPRINTABLE.matcher(cut).replaceAll("?");
  }

  static boolean isPost(HttpMethod method) {
    return HttpMethod.POST.equals(method);
  }

  /** Whether it expects what nobody here knows (RFC 9110, 10.1.1). */
  static boolean expectsTheUnknown(HttpRequest request) {
    return request.headers().contains(HttpHeaderNames.EXPECT)
        && !HttpUtil.is100ContinueExpected(request)
        && request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) >= 0;
  }

  /** Whether it is a call of gRPC, or of gRPC-Web. */
  static boolean isGrpc(HttpHeaders headers) {
    String type = headers.get(HttpHeaderNames.CONTENT_TYPE, "");
    return type.toLowerCase(Locale.ROOT).startsWith("application/grpc");
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
