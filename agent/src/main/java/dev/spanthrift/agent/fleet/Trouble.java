package dev.spanthrift.agent.fleet;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What can be wrong with the engine, as metrics and people name it. */
enum Trouble {
  TIMEOUT("does not answer in time", false),
  CONNECTION("cannot be reached", false),
  TLS("does not agree with this sidecar on TLS", false),
  PASSWORD("refuses user or password", true),
  PERMISSION("refuses a command or a key to this user", false),
  READ_ONLY("is a replica and takes no writes", true),
  FULL("has no memory left", false),
  LOADING("is reading its data", false),
  OTHER("answers with an error", false);

  private final String words;
  private final boolean reconnect;

  Trouble(String words, boolean reconnect) {
    this.words = words;
    this.reconnect = reconnect;
  }

  String words() {
    return words;
  }

  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether another connection may reach a better engine, or know the new password. */
  boolean wantsNewConnection() {
    return reconnect;
  }

  static Trouble of(Throwable thrown) {
    Throwable cause = root(thrown);
    String said = String.valueOf(cause.getMessage());
    if (said.startsWith("READONLY") || said.contains("-READONLY")) {
      return READ_ONLY;
    }
    if (said.startsWith("OOM") || said.contains("-OOM ")) {
      return FULL;
    }
    if (said.startsWith("LOADING") || said.startsWith("MASTERDOWN") || said.startsWith("BUSY")) {
      return LOADING;
    }
    if (said.startsWith("NOAUTH") || said.startsWith("WRONGPASS") || said.startsWith("ERR AUTH")) {
      return PASSWORD;
    }
    if (said.startsWith("NOPERM") || said.contains("can't run this command")) {
      return PERMISSION;
    }
    return ofClass(cause);
  }

  private static Trouble ofClass(Throwable cause) {
    return switch (cause) {
      case Connector.NoPasswordException e -> PASSWORD;
      case TimeoutException e -> TIMEOUT;
      case io.lettuce.core.RedisCommandTimeoutException e -> TIMEOUT;
      case RedisConnectionException e -> CONNECTION;
      case RedisCommandExecutionException e -> OTHER;
      case RedisException e -> CONNECTION;
      case SSLException e -> TLS;
      case IOException e -> CONNECTION;
      default -> OTHER;
    };
  }

  /** The innermost one that says something. */
  private static Throwable root(Throwable thrown) {
    Throwable at = thrown;
    @Nullable Throwable cause = at.getCause();
    while (cause != null && isWrapper(at)) {
      at = cause;
      cause = at.getCause();
    }
    return at;
  }

  private static boolean isWrapper(Throwable thrown) {
    return thrown instanceof CompletionException
        || thrown instanceof RedisConnectionException
        || thrown instanceof DecoderException // what Netty makes of TLS
        || thrown.getClass() == RedisException.class;
  }

  static boolean isScriptUnknown(Throwable thrown) {
    return root(thrown) instanceof RedisCommandExecutionException e
        && String.valueOf(e.getMessage()).startsWith("NOSCRIPT");
  }
}
