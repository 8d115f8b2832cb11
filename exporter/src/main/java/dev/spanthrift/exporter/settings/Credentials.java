package dev.spanthrift.exporter.settings;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** The one header by which a backend knows us, asked anew for every request. */
public final class Credentials {
  /** No such header. */
  public static final Credentials NONE = new Credentials("", () -> "");

  private static final Pattern SPACE = Pattern.compile("\\s");

  private final String header;
  private final Supplier<String> value;

  private Credentials(String header, Supplier<String> value) {
    this.header = header;
    this.value = value;
  }

  /** User and password (RFC 7617). */
  public static Credentials basic(Secret user, Secret password) {
    return new Credentials(
        "Authorization",
        () ->
            "Basic "
                + Base64.getEncoder()
                    .encodeToString(
                        (user.text() + ":" + password.text()).getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * A token: the first word, so that a comment may stand behind it in its file.
   *
   * @param scheme before it; empty for none
   */
  public static Credentials token(String header, String scheme, Secret token) {
    String start = scheme.isEmpty() ? "" : scheme + " ";
    String first = start + word(token);
    if (!isVisible(first)) {
      throw new IllegalArgumentException("the token has a character that a header cannot carry");
    }
    AtomicReference<String> last = new AtomicReference<>(first);
    return new Credentials(
        header,
        () ->
            last.updateAndGet(
                before -> isVisible(start + word(token)) ? start + word(token) : before));
  }

  private static String word(Secret token) {
    return SPACE.split(token.text(), 2)[0];
  }

  private static boolean isVisible(String value) {
    return value.chars().allMatch(c -> c >= 0x20 && c <= 0x7e);
  }

  /** Its name; empty when there is none. */
  Optional<String> header() {
    return header.isEmpty() ? Optional.empty() : Optional.of(header);
  }

  /** Hands out header and value, if there is one. */
  public void into(BiConsumer<String, String> headers) {
    if (!header.isEmpty()) {
      headers.accept(header, value.get());
    }
  }

  /** Without the value. */
  @Override
  public String toString() {
    return header.isEmpty() ? "none" : header;
  }
}
