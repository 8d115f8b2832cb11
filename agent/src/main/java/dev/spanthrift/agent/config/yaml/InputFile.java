package dev.spanthrift.agent.config.yaml;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Files that a person names: what is wrong with one is said the same by every verb. */
public final class InputFile {
  private static final long TEXT_BYTES_MAX = 4 << 20;

  /** Of a file with a secret. */
  public static final int SECRET_BYTES_MAX = 64 << 10;

  private InputFile() {}

  /** What stands against reading it; null when nothing does. */
  public static @Nullable String refusal(Path file) {
    if (!Files.exists(file)) {
      return "no such file; give the path of one";
    }
    if (Files.isDirectory(file)) {
      return "is a folder; give the path of a file";
    }
    return Files.isReadable(file) ? null : "this user may not read it; see its permissions";
  }

  /**
   * The text of a file in UTF-8 of at most 4 MiB.
   *
   * @param option that named it, for the problem
   * @throws SettingsException with the one thing that is wrong
   */
  public static String text(String option, Path file) throws SettingsException {
    String refusal = refusal(file);
    if (refusal != null) {
      throw wrong(option, file, refusal);
    }
    try {
      if (Files.size(file) > TEXT_BYTES_MAX) {
        throw wrong(option, file, "larger than 4 MiB; give a file in YAML");
      }
      return decoded(Files.readAllBytes(file));
    } catch (CharacterCodingException e) {
      throw wrong(option, file, "no text in UTF-8; give a file in YAML");
    } catch (IOException e) {
      throw wrong(option, file, "cannot be read: " + reason(e));
    }
  }

  /**
   * A secret in a file of its own, without what editors and shells put around it: a byte order
   * mark, space, line ends.
   *
   * @return empty when there is none, or more than a secret can be
   */
  public static String secret(Path file) throws IOException {
    return Files.size(file) > SECRET_BYTES_MAX ? "" : decoded(Files.readAllBytes(file)).strip();
  }

  /** UTF-8, or UTF-16 that says so in its first bytes, as some shells write it. */
  private static String decoded(byte[] bytes) throws CharacterCodingException {
    int first = bytes.length < 2 ? 0 : (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
    Charset charset =
        first == 0xfeff || first == 0xfffe ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8;
    String text = charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  /** What an exception about a file says to people; its own text is a path and a class. */
  public static String reason(Throwable error) {
    return switch (error) {
      case NoSuchFileException e -> "there is no such file or folder";
      case AccessDeniedException e -> "this user may not";
      case FileAlreadyExistsException e -> "it is a file, not a folder";
      case FileSystemException e when e.getReason() != null -> e.getReason();
      case CharacterCodingException e -> "no text in UTF-8";
      default -> Objects.requireNonNullElse(error.getMessage(), "damaged");
    };
  }

  private static SettingsException wrong(String option, Path file, String right) {
    return new SettingsException(List.of(new SettingProblem(option, file.toString(), "", right)));
  }
}
