package dev.spanthrift.exporter;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * What a failed connection and a port that cannot be opened are called to people, everywhere the
 * same.
 *
 * <p>Exceptions of the network carry class names and numbers of their library; these words do not.
 */
public final class NetworkWords {
  private static final Pattern ADDRESS =
      Pattern.compile("[^\\s/]*/?(\\[?[0-9a-fA-F.:]+]?:[0-9]+)$");
  private static final Pattern CALL =
      Pattern.compile("\\w+\\(\\.\\.\\) failed( with error\\(-?\\d+\\))?: ");

  private NetworkWords() {}

  /** Why a connection failed, with the address if the exception knows it. */
  public static String of(Throwable error) {
    for (Throwable cause : chain(error)) {
      Matcher address = ADDRESS.matcher(text(cause));
      if (address.find()) {
        return of(error, address.group(1));
      }
    }
    return of(error, "");
  }

  /**
   * Why a connection failed.
   *
   * @param at host:port as a person wrote it; empty when it is not known
   */
  public static String of(Throwable error, String at) {
    String there = at.isEmpty() ? "there" : "on " + at;
    for (Throwable cause : chain(error)) {
      if (isUnknownName(cause)) {
        return (at.isEmpty() ? unknownName(cause) : at) + ": its name is not known to DNS";
      }
    }
    for (Throwable cause : chain(error)) {
      String text = text(cause);
      if (isTimeout(cause)) {
        return "nothing answers " + there + ": connection timed out";
      }
      if (cause instanceof NoRouteToHostException || text.contains("unreachable")) {
        return "no way leads to " + (at.isEmpty() ? "it" : at) + ": " + plain(text);
      }
      // The JDK's HTTP client has no text for it.
      if (text.contains("refused") || cause instanceof ConnectException && text.isEmpty()) {
        return "nothing listens " + there + ": connection refused";
      }
      if (cause instanceof SSLException) {
        return "TLS failed" + (at.isEmpty() ? "" : " with " + at) + ": " + plain(text);
      }
    }
    return plain(last(error)) + (at.isEmpty() ? "" : " (" + at + ")");
  }

  /**
   * Why a port cannot be opened, what changes it, and how to see who has it.
   *
   * @param variable environment variable that chooses the port
   */
  public static String ofPort(Throwable error, String host, int port, String variable) {
    String text =
        chain(error).stream().map(NetworkWords::text).reduce("", (all, one) -> all + "\n" + one);
    String lower = text.toLowerCase(Locale.ROOT);
    String at = host + ":" + port;
    if (lower.contains("in use")) {
      return at
          + " is in use; set "
          + variable
          + " to another port or stop the other, which shows itself by: "
          + whoHas(port);
    }
    if (lower.contains("permission denied")) {
      return at + " is not permitted to this user; set " + variable + " to 1024 or above";
    }
    if (lower.contains("cannot assign")
        || chain(error).stream().anyMatch(NetworkWords::isUnknownName)) {
      return at
          + ": no such address on this machine; set "
          + variable.replaceAll("PORT$", "HOST")
          + " to one, such as 127.0.0.1";
    }
    return at + " cannot be opened: " + plain(last(error));
  }

  private static String whoHas(int port) {
    return System.getProperty("os.name", "").startsWith("Linux")
        ? "ss -ltnp sport = :" + port
        : "lsof -nP -iTCP:" + port + " -sTCP:LISTEN";
  }

  private static boolean isUnknownName(Throwable cause) {
    return cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException;
  }

  private static boolean isTimeout(Throwable cause) {
    return cause instanceof SocketTimeoutException
        || cause instanceof TimeoutException
        || cause.getClass().getSimpleName().endsWith("TimeoutException")
        || text(cause).toLowerCase(Locale.ROOT).contains("timed out");
  }

  private static String unknownName(Throwable cause) {
    String name = text(cause).split(":", 2)[0].strip();
    return name.isEmpty() ? "the host" : name;
  }

  private static String last(Throwable error) {
    String found = "";
    for (Throwable cause : chain(error)) {
      found = text(cause).isEmpty() ? found : text(cause);
    }
    return found.isEmpty() ? "the connection was closed" : found;
  }

  /** Without what names code. */
  private static String plain(String text) {
    String line = text.lines().findFirst().orElse("");
    return CALL.matcher(line).replaceAll("").replaceAll("\\b([a-z]+\\.)+[A-Z]\\w*: ?", "").strip();
  }

  private static String text(Throwable cause) {
    return Objects.requireNonNullElse(cause.getMessage(), "");
  }

  private static List<Throwable> chain(Throwable error) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable at = error; at != null && chain.size() < 10; at = at.getCause()) {
      chain.add(at);
    }
    return chain;
  }
}
