package dev.spanthrift.agent.collector;

/**
 * Something in a foreign configuration that is not carried over as it stands.
 *
 * @param where file and line
 * @param key path in the file
 * @param lost whether it is missing now, rather than done in another way; {@code --strict} refuses
 *     what is
 */
public record Remark(String where, String key, String reason, boolean lost) {
  @Override
  public String toString() {
    return where + ": " + key + (lost ? " is left out: " : ": ") + reason;
  }
}
