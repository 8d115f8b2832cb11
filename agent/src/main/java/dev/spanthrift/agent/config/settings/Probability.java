package dev.spanthrift.agent.config.settings;

/** A share in [0, 1], written {@code 0.1}, {@code 10%} or {@code 1/10}. */
public record Probability(double value) {
  public Probability {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(RIGHT);
    }
  }

  private static final String RIGHT = "write a number from 0 to 1, such as 0.1, 10% or 1/10";

  /**
   * Reads one of the three forms.
   *
   * @throws IllegalArgumentException saying what would be right
   */
  public static Probability parse(String text) {
    String form = text.strip();
    try {
      int slash = form.indexOf('/');
      if (slash > 0) {
        return new Probability(
            Double.parseDouble(form.substring(0, slash))
                / Double.parseDouble(form.substring(slash + 1)));
      }
      if (form.endsWith("%")) {
        return new Probability(Double.parseDouble(form.substring(0, form.length() - 1)) / 100);
      }
      return new Probability(Double.parseDouble(form));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(RIGHT, e);
    }
  }
}
