package dev.spanthrift.agent.control.http;

import dev.spanthrift.agent.config.yaml.InputFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides who may write: whoever sends the bearer token that stands in a file.
 *
 * <p>The file is read at each write, so that a rotated secret counts at once. The token appears in
 * no log and no answer.
 */
public final class WriteAccess {
  private static final Logger log = LoggerFactory.getLogger(WriteAccess.class);
  private static final String SCHEME = "bearer ";

  private final @Nullable Path tokenFile;

  public WriteAccess(@Nullable Path tokenFile) {
    this.tokenFile = tokenFile;
  }

  /** Blocks for one small file. Throws the problem that the caller is to be told. */
  public void check(@Nullable String authorization) {
    if (tokenFile == null) {
      throw new ProblemException(
          ProblemType.WRITES_DISABLED, "no token file is configured, so everything is read only");
    }
    String token = read(tokenFile);
    String given = bearer(authorization);
    if (given == null) {
      throw new ProblemException(ProblemType.TOKEN_REQUIRED, "the request has no bearer token");
    }
    if (!MessageDigest.isEqual(digest(token), digest(given))) {
      throw new ProblemException(
          ProblemType.TOKEN_REQUIRED, "the bearer token is not the right one");
    }
  }

  private static String read(Path file) {
    try {
      String token = InputFile.secret(file);
      if (!token.isEmpty()) {
        return token;
      }
      log.warn(
          "token file {} is empty or above {} bytes: writes refused",
          file,
          InputFile.SECRET_BYTES_MAX);
    } catch (IOException e) {
      log.warn("token file cannot be read, writes refused: {}", InputFile.reason(e));
    }
    throw new ProblemException(
        ProblemType.WRITES_DISABLED, "the configured token file holds no usable token");
  }

  private static @Nullable String bearer(@Nullable String authorization) {
    return authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? authorization.substring(SCHEME.length()).strip()
        : null;
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
