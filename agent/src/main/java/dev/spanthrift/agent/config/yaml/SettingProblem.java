package dev.spanthrift.agent.config.yaml;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong in the configuration: the key, the value, and what would be right.
 *
 * @param key path in the file, or the environment variable's name
 * @param value as written; null when there is none, or when it is a secret
 * @param where file and line, or the environment variable that the value came from
 * @param right what would be right
 */
public record SettingProblem(String key, @Nullable String value, String where, String right) {
  public SettingProblem {
    // A URL may carry a password.
    value = value == null ? null : value.replaceAll("//[^/@]*@", "//(hidden)@");
  }

  @Override
  public String toString() {
    String written = value == null ? "" : " = " + value;
    String place = where.isEmpty() ? "" : " (" + where + ")";
    return key + written + place + ": " + right;
  }
}
