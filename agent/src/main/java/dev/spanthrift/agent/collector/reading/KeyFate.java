package dev.spanthrift.agent.collector.reading;

/** What becomes of a key of a foreign configuration. */
public enum KeyFate {
  /** It is obeyed. */
  CARRIED("carried over"),
  /** It has pieces that are read one by one. */
  PARTS("read piece by piece"),
  /** It may be left out: the same comes of it. */
  NOTE("noted"),
  /** It is missing, which is a matter of tuning. */
  LEFT_OUT("warned about: is left out"),
  /** Some traces are decided otherwise. */
  DIFFERS("warned about: decides otherwise"),
  /** Data is received, held or sent in another way. */
  OTHERWISE("warned about: is done otherwise"),
  /** Data or its protection would fall away. */
  REFUSED("refused without --accept");

  private final String words;

  KeyFate(String words) {
    this.words = words;
  }

  static KeyFate named(String name) {
    return valueOf(name.toUpperCase(java.util.Locale.ROOT).replace('-', '_'));
  }

  /** For documents. */
  public String words() {
    return words;
  }
}
