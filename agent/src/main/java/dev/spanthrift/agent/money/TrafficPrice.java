package dev.spanthrift.agent.money;

import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.sampler.budget.price.Pricing;
import dev.spanthrift.sampler.budget.price.SpanPrice;
import dev.spanthrift.sampler.budget.price.Traffic;
import dev.spanthrift.sampler.budget.price.model.Window;
import java.util.Currency;
import java.util.EnumMap;
import java.util.Map;

/**
 * What spans of recorded traffic cost by the price list of the settings: at the list price that
 * traffic reaches if it goes on like this for the vendor's whole window.
 */
public record TrafficPrice(SpanPrice price, Currency currency) {

  /**
   * Prices it.
   *
   * @param seconds that the traffic took
   * @throws ModelException when the price model is unknown, wrong or has no price
   */
  public static TrafficPrice of(SpanthriftSettings.Price settings, Traffic recorded, double seconds)
      throws ModelException {
    Pricing pricing = Budgets.pricing(settings);
    Map<Window, Traffic> expected = new EnumMap<>(Window.class);
    for (Window window : Window.values()) {
      expected.put(window, recorded.times(Math.max(1, days(window) * 86_400 / seconds)));
    }
    return new TrafficPrice(
        pricing.spanPrice(Map.of(), expected, recorded), pricing.model().currency());
  }

  private static double days(Window window) {
    return switch (window) {
      case DAY -> 1;
      case MONTH -> 30;
      case YEAR -> 365;
    };
  }
}
