package dev.spanthrift.agent;

import dev.spanthrift.agent.config.settings.AdminJwt;
import dev.spanthrift.agent.config.settings.SpanthriftSettings.Admin;
import dev.spanthrift.agent.control.access.AccessSettings;
import dev.spanthrift.agent.control.access.Role;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Turns the admin port's settings into who may do what. */
final class WhoMay {
  private WhoMay() {}

  static AccessSettings settings(Admin admin) {
    Map<Role, Path> tokens = new EnumMap<>(Role.class);
    add(tokens, Role.VIEWER, admin.viewerTokenFile());
    add(tokens, Role.OPERATOR, admin.operatorTokenFile());
    add(tokens, Role.ADMIN, admin.tokenFile());
    return new AccessSettings(
        tokens,
        switch (admin.readers()) {
          case LOOPBACK -> AccessSettings.Anonymous.LOOPBACK;
          case EVERYBODY -> AccessSettings.Anonymous.EVERYBODY;
          case NOBODY -> AccessSettings.Anonymous.NOBODY;
        },
        jwt(admin.jwt()),
        roles(admin.tls().clients()));
  }

  private static void add(Map<Role, Path> tokens, Role role, @Nullable Path file) {
    if (file != null) {
      tokens.put(role, file);
    }
  }

  private static AccessSettings.@Nullable Jwt jwt(AdminJwt jwt) {
    if (jwt.issuer() == null || jwt.audience() == null || jwt.keys() == null) {
      return null;
    }
    return new AccessSettings.Jwt(
        jwt.issuer(), jwt.audience(), jwt.keys(), jwt.claim(), roles(jwt.roles()));
  }

  private static Map<String, Role> roles(Map<String, String> written) {
    return written.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, e -> Role.valueOf(e.getValue().toUpperCase(Locale.ROOT))));
  }
}
