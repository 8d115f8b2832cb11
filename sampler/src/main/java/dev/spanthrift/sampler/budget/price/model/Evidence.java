package dev.spanthrift.sampler.budget.price.model;

/** How sure a figure is. */
public enum Evidence {
  VENDOR("V", "read on the vendor's own page or in its repository"),
  SECONDHAND("S", "read in an article or transcription of others"),
  MEMORY("M", "recalled, confirmed by no page"),
  DERIVED("D", "computed from other figures"),
  OPERATOR("O", "set by the operator, such as a contract's price");

  private final String letter;
  private final String words;

  Evidence(String letter, String words) {
    this.letter = letter;
    this.words = words;
  }

  public String letter() {
    return letter;
  }

  /** For people. */
  public String words() {
    return words;
  }
}
