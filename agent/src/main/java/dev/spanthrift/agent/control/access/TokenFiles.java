package dev.spanthrift.agent.control.access;

import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bearer tokens in files, a token a line: an old and a new one hold side by side while clients are
 * changed over.
 *
 * <p>The files are read at each use, so that a rotated secret counts at once. A token appears in no
 * log and no answer.
 */
final class TokenFiles {
  private static final Logger log = LoggerFactory.getLogger(TokenFiles.class);

  private final Map<Role, Path> files;

  TokenFiles(Map<Role, Path> files) {
    this.files = files;
  }

  /**
   * Whose it is; null when nobody's.
   *
   * @throws ProblemException when no file holds a token, so that none can be right
   */
  @Nullable Caller caller(String given) {
    byte[] wanted = digest(given);
    Role found = null;
    boolean any = false;
    for (Role role : Role.values()) {
      Path file = files.get(role);
      for (String token : file == null ? List.<String>of() : read(file)) {
        any = true;
        // Every token of every file is compared: how long it takes tells nothing.
        if (MessageDigest.isEqual(digest(token), wanted)) {
          found = found == null ? role : role.orHigher(found);
        }
      }
    }
    if (!any && !files.isEmpty()) {
      throw new ProblemException(
          ProblemType.WRITES_DISABLED, "the configured token file holds no usable token");
    }
    return found == null ? null : new Caller("token:" + found.word(), found);
  }

  private static List<String> read(Path file) {
    try {
      List<String> tokens =
          InputFile.secret(file).lines().map(String::strip).filter(t -> !t.isEmpty()).toList();
      if (tokens.isEmpty()) {
        log.warn(
            "token file {} is empty or above {} bytes: nobody is known by it",
            file,
            InputFile.SECRET_BYTES_MAX);
      }
      return tokens;
    } catch (IOException e) {
      log.warn("token file cannot be read, nobody is known by it: {}", InputFile.reason(e));
      return List.of();
    }
  }

  // Digests have one length, so that the comparison tells nothing about the token's.
  private static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
