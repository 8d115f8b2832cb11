package dev.spanthrift.sampler.budget.price;

import dev.spanthrift.sampler.budget.price.model.ByteEstimator;
import dev.spanthrift.sampler.budget.price.model.Cap;
import dev.spanthrift.sampler.budget.price.model.Charge;
import dev.spanthrift.sampler.budget.price.model.Meter;
import dev.spanthrift.sampler.budget.price.model.Money;
import dev.spanthrift.sampler.budget.price.model.PriceModel;
import dev.spanthrift.sampler.budget.price.model.Quoted;
import dev.spanthrift.sampler.budget.price.model.SpanCounters;
import dev.spanthrift.sampler.budget.price.model.Usage;
import dev.spanthrift.sampler.budget.price.model.Window;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A price model applied to what this program counts.
 *
 * <p>Of the bill only what traffic adds is spent: hosts, users and fees stand in it without us.
 */
public final class Pricing {
  private static final double HEADER_BYTES = 3; // tag and length of a span, mostly
  private static final int STEPS = 120;
  private static final double MIXES_MAX = 1e15;

  private final PriceModel model;
  private final double calibration;
  private final Usage given;
  private final Money fixed;
  private SpanCounters means;

  /**
   * Applies a model.
   *
   * @param calibration billable bytes by the vendor's meter, divided by our estimate
   * @param given quantities of a window that the operator knows, such as hosts
   * @throws IllegalArgumentException when a charge that we would have to pay has no price
   */
  public Pricing(PriceModel model, BigDecimal calibration, Usage given, SpanCounters means) {
    if (calibration.signum() <= 0) {
      throw new IllegalArgumentException("calibration not above zero: " + calibration);
    }
    this.model = model;
    this.calibration = calibration.doubleValue();
    this.given = given;
    this.means = means;
    for (Charge charge : model.charges()) {
      if (isOurs(charge) && (charge.priced() == null || model.exchange() == null)) {
        throw new IllegalArgumentException(
            model.id()
                + " has no published price of "
                + charge.id()
                + "; copy the model to a file, fill in your contract's and name that file");
      }
    }
    fixed = total(Map.of());
  }

  /** The factor that makes our estimate what a bill says. */
  public static BigDecimal calibrationOf(Money billed, Money estimated) {
    if (billed.signum() <= 0 || estimated.signum() <= 0) {
      throw new IllegalArgumentException("a bill and an estimate above zero are needed");
    }
    return billed
        .minus(Money.zero(estimated.currency()))
        .amount()
        .divide(estimated.amount(), Money.PRECISION);
  }

  public PriceModel model() {
    return model;
  }

  public SpanCounters means() {
    return means;
  }

  /** The shortest window in which something is added up that sampling changes. */
  public Window window() {
    return model.charges().stream()
        .filter(this::isOurs)
        .map(Charge::window)
        .min(Comparator.naturalOrder())
        .orElse(Window.MONTH);
  }

  /** Takes what the scanner counted lately. */
  public void means(SpanCounters counted) {
    means = counted;
  }

  private boolean isOurs(Charge charge) {
    return charge.controllable() && quantity(charge, 1_000, 1, 1, 1) > 0;
  }

  /** Quantity of the charge's meter; linear in the traffic. */
  private double quantity(Charge charge, double bytes, double spans, double events, double traces) {
    Meter meter = charge.meter();
    return switch (meter) {
      case SPANS, RECORDS -> spans;
      case SPAN_RECORDS -> spans + events;
      case TRACES -> traces;
      case BYTES, BYTES_PROCESSED -> calibration * estimated(rule(charge), bytes, spans);
      case NET_BYTES_OUT -> estimated(ByteEstimator.WIRE_COMPRESSED, bytes, spans);
      default -> derived(charge, bytes, spans, events, traces);
    };
  }

  private double estimated(ByteEstimator rule, double bytes, double spans) {
    return rule.perSpanByte() * (bytes - HEADER_BYTES * spans) + rule.perSpan(means) * spans;
  }

  private static ByteEstimator rule(Charge charge) {
    return charge.bytes() == null ? ByteEstimator.UNKNOWN : charge.bytes();
  }

  private double derived(Charge charge, double bytes, double spans, double events, double traces) {
    if (charge.perUnit() != null) {
      double each = charge.perUnit().quantity().value().doubleValue();
      return switch (charge.perUnit().of()) {
        case SPANS, RECORDS -> each * spans;
        case SPAN_RECORDS -> each * (spans + events);
        case TRACES -> each * traces;
        case BYTES, BYTES_PROCESSED -> each * stored(bytes, spans);
        default -> 0;
      };
    }
    if (charge.retention() != null) {
      return charge.retention().perByte(charge.meter()).doubleValue() * stored(bytes, spans);
    }
    return 0;
  }

  private double stored(double bytes, double spans) {
    ByteEstimator rule =
        model.charges().stream()
            .filter(charge -> charge.meter() == Meter.BYTES)
            .map(Pricing::rule)
            .findFirst()
            .orElse(ByteEstimator.UNKNOWN);
    return calibration * estimated(rule, bytes, spans);
  }

  /** The quantities that traffic makes, with those that the operator gave. */
  public Usage usage(Traffic traffic) {
    Map<Meter, BigDecimal> quantities = new EnumMap<>(Meter.class);
    quantities.put(Meter.SPANS, BigDecimal.valueOf(traffic.spans()));
    for (Charge charge : model.charges()) {
      double quantity =
          quantity(
              charge,
              (double) traffic.bytes(),
              (double) traffic.spans(),
              (double) traffic.events(),
              (double) traffic.traces());
      if (quantity > 0) {
        quantities.put(charge.meter(), decimal(charge.meter(), quantity));
      }
    }
    return new Usage(quantities).plus(given);
  }

  private static BigDecimal decimal(Meter meter, double quantity) {
    return meter.isBytes()
        ? BigDecimal.valueOf(Math.round(quantity))
        : BigDecimal.valueOf(quantity);
  }

  /**
   * What traffic adds to the bill.
   *
   * @param inWindow traffic so far in the current window of each length
   */
  public Money cost(Map<Window, Traffic> inWindow) {
    return total(inWindow).minus(fixed);
  }

  private Money total(Map<Window, Traffic> inWindow) {
    Map<Window, Usage> usages = new EnumMap<>(Window.class);
    BigDecimal sum = BigDecimal.ZERO;
    for (Charge charge : model.charges()) {
      Usage usage =
          usages.computeIfAbsent(
              charge.window(), w -> usage(inWindow.getOrDefault(w, Traffic.NONE)));
      BigDecimal cost = charge.cost(usage);
      sum = cost == null ? sum : sum.add(cost);
    }
    BigDecimal exchange = model.exchange();
    Money money =
        new Money(
            exchange == null ? BigDecimal.ZERO : sum.multiply(exchange, Money.PRECISION),
            model.currency());
    Quoted minimum = model.minimumFee();
    return minimum == null ? money : money.max(new Money(minimum.value(), model.currency()));
  }

  /**
   * The price for the data path.
   *
   * @param from traffic so far in each window
   * @param to traffic at the end of each window if all were kept
   * @param recent mix of traffic lately
   */
  public SpanPrice spanPrice(Map<Window, Traffic> from, Map<Window, Traffic> to, Traffic recent) {
    double events =
        recent.spans() == 0 ? means.events() : (double) recent.events() / recent.spans();
    double spans =
        recent.traces() == 0 ? 20 : Math.max(1, (double) recent.spans() / recent.traces());
    double[] rates = rates(from, to, false);
    boolean nothing = rates[0] <= 0 && rates[1] <= 0 && rates[2] <= 0 && rates[3] <= 0;
    return nothing
        ? SpanPrice.NOMINAL
        : new SpanPrice(rates[0], rates[1], rates[2], rates[3], events, spans, false);
  }

  /** Whether more traffic costs anything before the window ends, if all were kept. */
  public boolean isFree(Map<Window, Traffic> from, Map<Window, Traffic> to) {
    double[] rates = rates(from, to, true);
    boolean belowMinimum =
        model.minimumFee() != null && total(to).amount().compareTo(fixed.amount()) <= 0;
    return belowMinimum || (rates[0] + rates[1] + rates[2] + rates[3] <= 0);
  }

  /** Picos per byte, span, event and trace. */
  private double[] rates(Map<Window, Traffic> from, Map<Window, Traffic> to, boolean marginal) {
    double exchange = model.exchange() == null ? 0 : model.exchange().doubleValue();
    double[] rates = new double[4];
    for (Charge charge : model.charges()) {
      if (!charge.controllable()) {
        continue;
      }
      Usage begin = usage(from.getOrDefault(charge.window(), Traffic.NONE));
      Usage end = usage(to.getOrDefault(charge.window(), Traffic.NONE));
      @Nullable BigDecimal rate =
          marginal ? charge.highestRate(begin, end) : charge.listRate(begin, end);
      double picos = rate == null ? 0 : rate.doubleValue() * exchange * Money.PICOS;
      rates[0] += picos * quantity(charge, 1, 0, 0, 0);
      rates[1] += picos * quantity(charge, 0, 1, 0, 0);
      rates[2] += picos * quantity(charge, 0, 0, 1, 0);
      rates[3] += picos * quantity(charge, 0, 0, 0, 1);
    }
    return rates;
  }

  /**
   * How many times this mix of traffic the money buys on top of what was used, caps included.
   *
   * <p>Walks up from below by what the rest buys at the list price, doubles the step where nothing
   * was charged, halves it where it went too far. Exact where the bill rises with usage; a volume
   * discount can only make it more.
   *
   * @param perMix list price of the mix, picos
   */
  public double affordable(Map<Window, Traffic> used, Traffic mix, Money left, double perMix) {
    if (mix.isNone() || left.signum() < 0 || perMix <= 0) {
      return 0;
    }
    Money before = total(used);
    double money = left.picos();
    double fits = 0;
    double spent = 0;
    double step = Math.max(1, money / perMix);
    for (int i = 0; i < STEPS && step > 1e-6 * fits + 1e-3 && fits < MIXES_MAX; i++) {
      double wanted = fits + step;
      double cost = cost(before, used, mix, wanted);
      if (cost > money) {
        step = left.signum() == 0 && fits == 0 ? 0 : step / 2;
        continue;
      }
      boolean wasFree = cost <= spent;
      fits = wanted;
      spent = cost;
      step = wasFree ? step * 2 : (money - spent) / perMix;
    }
    return fits;
  }

  /** Picos that so much more adds, infinite where a cap forbids it. */
  private double cost(Money before, Map<Window, Traffic> used, Traffic mix, double times) {
    Map<Window, Traffic> then = after(used, mix, times);
    boolean allowed = model.caps().stream().allMatch(cap -> holds(cap, then));
    return allowed ? total(then).minus(before).picos() : Double.POSITIVE_INFINITY;
  }

  /** Usage after so many times the mix, if no window ends meanwhile. */
  public static Map<Window, Traffic> after(Map<Window, Traffic> used, Traffic mix, double times) {
    Map<Window, Traffic> then = new EnumMap<>(Window.class);
    for (Window window : Window.values()) {
      then.put(window, used.getOrDefault(window, Traffic.NONE).plus(mix.times(times)));
    }
    return then;
  }

  private boolean holds(Cap cap, Map<Window, Traffic> usage) {
    if (cap.quantity() == null) {
      return true;
    }
    Traffic t = usage.getOrDefault(cap.window(), Traffic.NONE);
    double used =
        switch (cap.meter()) {
          case SPANS, RECORDS -> t.spans();
          case SPAN_RECORDS -> (double) t.spans() + t.events();
          case TRACES -> t.traces();
          case BYTES, BYTES_PROCESSED -> stored((double) t.bytes(), (double) t.spans());
          default -> 0;
        };
    return used <= cap.quantity().value().multiply(cap.unit().size()).doubleValue();
  }

  /** The caps that traffic of a window would break. */
  public List<Cap> broken(Map<Window, Traffic> inWindow) {
    return model.caps().stream().filter(cap -> !holds(cap, inWindow)).toList();
  }
}
