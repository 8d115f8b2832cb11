package dev.spanthrift.agent.collector.file;

import java.util.Map;

/** Ids of components, {@code type/name}, and what kind they are of. */
public final class ComponentId {
  /** Names that a type has beside its own. */
  private static final Map<String, String> ALIASES =
      Map.of(
          "exporters/otlp_grpc", "exporters/otlp",
          "exporters/otlp_http", "exporters/otlphttp",
          "extensions/basic_auth", "extensions/basicauth",
          "extensions/bearer_token_auth", "extensions/bearertokenauth",
          "processors/group_by_trace", "processors/groupbytrace");

  private ComponentId() {}

  public static String type(String id) {
    return id.replaceFirst("/.*", "");
  }

  /** Its table of keys, such as {@code exporters/otlp}. */
  static String kind(String section, String id) {
    String kind = section + "/" + type(id);
    return ALIASES.getOrDefault(kind, kind);
  }

  static boolean isWellFormed(String id) {
    return id.matches("[A-Za-z][0-9A-Za-z_]*(/.+)?");
  }
}
