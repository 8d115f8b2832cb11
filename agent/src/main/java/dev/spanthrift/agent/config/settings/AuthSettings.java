package dev.spanthrift.agent.config.settings;

import dev.spanthrift.exporter.settings.Credentials;
import dev.spanthrift.exporter.settings.Secret;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** How a destination knows us, beside its headers. */
public record AuthSettings(
    @Setting("User of basic authentication.") @Nullable String username,
    @Setting("File that the user stands in.") @Nullable Path usernameFile,
    @Setting("Password of that user.") @Nullable String password,
    @Setting("File that the password stands in; read again when it changes.")
        @Nullable Path passwordFile,
    @Setting("Token, in place of user and password.") @Nullable String token,
    @Setting("File whose first word is the token; read again when it changes.")
        @Nullable Path tokenFile,
    @Setting(value = "Header that the token is sent in.", byDefault = "Authorization")
        String header,
    @Setting(value = "Word before the token; none for none.", byDefault = "Bearer") String scheme) {
  /** Nobody in particular. */
  public static final AuthSettings NONE =
      new AuthSettings(null, null, null, null, null, null, "Authorization", "Bearer");

  public AuthSettings {
    boolean user = username != null || usernameFile != null;
    boolean basic = user || password != null || passwordFile != null;
    boolean byToken = token != null || tokenFile != null;
    new Checks()
        .that(username == null || usernameFile == null, "username", username, "or usernameFile")
        .that(password == null || passwordFile == null, "password", "(hidden)", "or passwordFile")
        .that(token == null || tokenFile == null, "token", "(hidden)", "or tokenFile")
        .that(!basic || user, "username", "", "a user beside the password")
        .that(!basic || !byToken, "token", "(hidden)", "either a token or user and password")
        .that(header.matches("[A-Za-z0-9-]+"), "header", header, "a header's name")
        .done();
    if (username != null && username.contains(":")) {
      new Checks().that(false, "username", username, "a user without a colon").done();
    }
  }

  /**
   * As the exporter takes it.
   *
   * @throws IllegalArgumentException if a file cannot be read
   */
  public Credentials toExport() {
    if (token != null || tokenFile != null) {
      String before = scheme.equalsIgnoreCase("none") ? "" : scheme;
      return Credentials.token(header, before, secret(token, tokenFile));
    }
    return username == null && usernameFile == null
        ? Credentials.NONE
        : Credentials.basic(secret(username, usernameFile), secret(password, passwordFile));
  }

  private static Secret secret(@Nullable String text, @Nullable Path file) {
    if (file == null) {
      return Secret.of(text == null ? "" : text);
    }
    try {
      return Secret.inFile(file);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "auth of a destination: " + e.getMessage() + "; write into it what it is to have", e);
    }
  }

  /** Without what is secret. */
  @Override
  public String toString() {
    return "AuthSettings[" + toExportName() + "]";
  }

  private String toExportName() {
    return token != null || tokenFile != null ? header : username == null ? "" : "user " + username;
  }
}
