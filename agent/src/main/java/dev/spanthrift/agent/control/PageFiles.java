package dev.spanthrift.agent.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The page's files, as they lie in the jar: what {@code index.html} names, and nothing else.
 *
 * <p>A file's address has the version of all of them in it, so that a browser may keep it for good.
 * Our modules go as one ({@link PageScript}). Nothing is held: a browser asks once.
 */
final class PageFiles {
  private static final String PLACE = "/page/{version}/";
  private static final Pattern NAMED =
      Pattern.compile(Pattern.quote(PLACE) + "([a-z0-9]+/[a-z0-9-]+\\.(?:json|js|css))");
  private static final Map<String, String> TYPES =
      Map.of(
          "js", "text/javascript;charset=UTF-8",
          "css", "text/css;charset=UTF-8",
          "json", "application/json");

  /** The module that begins, and with it all that it imports. */
  private static final String MAIN = "app/app.js";

  private static final int VERSION_LETTERS = 12;

  private final Set<String> names = new TreeSet<>();
  private final String version;
  private final byte[] index;

  PageFiles() {
    String html = new String(read("index.html"), UTF_8);
    NAMED.matcher(html).results().map((MatchResult found) -> found.group(1)).forEach(names::add);
    version = version(html);
    index = html.replace(PLACE, "/page/" + version + "/").getBytes(UTF_8);
  }

  private String version(String html) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(html.getBytes(UTF_8));
      names.forEach(name -> digest.update(content(name)));
      return HexFormat.of().formatHex(digest.digest()).substring(0, VERSION_LETTERS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Like {@code app/app.js}. */
  Set<String> names() {
    return names;
  }

  /** Of all files together. */
  String version() {
    return version;
  }

  byte[] index() {
    return index;
  }

  /** One of {@link #names}, or nothing. */
  byte @Nullable [] file(String name) {
    return names.contains(name) ? content(name) : null;
  }

  private static byte[] content(String name) {
    if (name.startsWith("vendor/") || name.endsWith(".json")) {
      return read(name);
    }
    String text =
        name.equals(MAIN) ? PageScript.of(name) : PageScript.bare(new String(read(name), UTF_8));
    return text.getBytes(UTF_8);
  }

  static String type(String name) {
    return Objects.requireNonNull(TYPES.get(name.substring(name.lastIndexOf('.') + 1)), name);
  }

  static byte[] gzip(byte[] content) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream(content.length / 2);
    try (GZIPOutputStream out = new SmallestGzip(packed)) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  private static final class SmallestGzip extends GZIPOutputStream {
    SmallestGzip(OutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }

  static byte[] read(String name) {
    try (InputStream in = PageFiles.class.getResourceAsStream("/static/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
