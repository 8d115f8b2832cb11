package dev.spanthrift.agent.demo;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The simulated shop: twelve services, what users ask of them, and who calls whom.
 *
 * <p>After the OpenTelemetry demo's shop, much reduced.
 */
final class Shop {
  static final List<String> SERVICES =
      List.of(
          "frontend",
          "checkout",
          "cart",
          "payment",
          "ledger",
          "catalog",
          "currency",
          "recommendation",
          "ad",
          "shipping",
          "quote",
          "email");

  /** The call that the scripted incident makes fail and slow. */
  static final String INCIDENT_OPERATION = "payment.Charge";

  private Shop() {}

  /** The services whose spans go to one of so many sidecars. */
  static List<String> servicesOf(int pod, int pods) {
    return IntStream.range(0, SERVICES.size())
        .filter(service -> service % pods == pod)
        .mapToObj(SERVICES::get)
        .toList();
  }

  /**
   * One operation of one service and what it calls in turn.
   *
   * @param millis its own typical time, without what it calls
   */
  record Call(String service, String operation, double millis, List<Call> calls) {
    static Call of(String operation, double millis, Call... calls) {
      String service = operation.substring(0, operation.indexOf('.'));
      return new Call(service, operation, millis, List.of(calls));
    }
  }

  /**
   * What a user may ask of the frontend.
   *
   * @param weight how often, against the others
   * @param rare whether it is one of the paths that are worth keeping because they are rare
   */
  record Entry(String method, String route, double weight, boolean rare, List<Call> calls) {
    String operation() {
      return method + " " + route;
    }
  }

  private static Entry entry(String method, String route, double weight, Call... calls) {
    return new Entry(method, route, weight, weight < 1, List.of(calls));
  }

  private static final Call CURRENCY = Call.of("currency.Convert", 2);
  private static final Call CART = Call.of("cart.Get", 4);
  private static final Call PRODUCT = Call.of("catalog.Get", 5);
  private static final Call PRODUCTS = Call.of("catalog.List", 12);
  private static final Call ADS = Call.of("ad.Pick", 6);
  private static final Call QUOTE = Call.of("shipping.Quote", 8, Call.of("quote.Price", 5));
  private static final Call CHARGE = Call.of(INCIDENT_OPERATION, 40, Call.of("ledger.Write", 9));

  static final List<Entry> ENTRIES =
      List.of(
          entry("GET", "/", 38, PRODUCTS, CURRENCY, ADS),
          entry(
              "GET",
              "/product/{id}",
              30,
              PRODUCT,
              Call.of("recommendation.List", 15, PRODUCTS),
              CART,
              CURRENCY,
              ADS),
          entry("GET", "/cart", 12, CART, PRODUCT, PRODUCT, QUOTE, CURRENCY),
          entry("POST", "/cart", 8, PRODUCT, Call.of("cart.Add", 7)),
          entry(
              "POST",
              "/checkout",
              6,
              Call.of(
                  "checkout.Place",
                  20,
                  CART,
                  PRODUCT,
                  CURRENCY,
                  QUOTE,
                  CHARGE,
                  Call.of("shipping.Ship", 15),
                  Call.of("cart.Empty", 3),
                  Call.of("email.Send", 25))),
          entry("GET", "/health", 6),
          entry(
              "POST",
              "/admin/refund",
              0.15,
              Call.of("payment.Refund", 60, Call.of("ledger.Reverse", 12)),
              Call.of("email.Send", 25)),
          entry("GET", "/export.csv", 0.08, PRODUCTS, Call.of("ledger.Scan", 180)));
}
