package dev.spanthrift.sampler.budget.price.model;

import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A vendor's price list for traces, as data.
 *
 * @param currency of the bill
 * @param units the vendor's virtual units that prices are written in; none: prices are money
 * @param zone in whose days windows begin
 * @param minimumFee the bill is at least this
 * @param facts what the list also says
 * @param examples golden bills
 */
public record PriceModel(
    String id,
    String provider,
    String service,
    String plan,
    String regime,
    Provenance provenance,
    Currency currency,
    @Nullable VirtualUnit units,
    ZoneId zone,
    @Nullable Quoted minimumFee,
    List<Charge> charges,
    List<Cap> caps,
    List<Fact> facts,
    List<Example> examples) {

  /**
   * What prices are written in when it is not money.
   *
   * @param price of one in the bill's currency; none: by contract
   */
  public record VirtualUnit(String name, @Nullable Quoted price) {}

  /** A bill that is known. */
  public record Example(String name, Usage usage, BigDecimal expect) {}

  public PriceModel {
    charges = List.copyOf(charges);
    caps = List.copyOf(caps);
    facts = List.copyOf(facts);
    examples = List.copyOf(examples);
    Map<Meter, ByteEstimator> rules = new HashMap<>();
    for (Charge charge : charges) {
      if (charge.bytes() != null) {
        ByteEstimator before = rules.putIfAbsent(charge.meter(), charge.bytes());
        if (before != null && !before.equals(charge.bytes())) {
          throw new IllegalArgumentException("two byte rules for " + charge.meter().id());
        }
      }
    }
  }

  /** Money for one unit of pricing currency; null when only a contract says. */
  public @Nullable BigDecimal exchange() {
    if (units == null) {
      return BigDecimal.ONE;
    }
    return units.price() == null ? null : units.price().value();
  }

  /** The bill for the usage of one window. */
  public Bill bill(Usage usage) {
    return Bill.of(this, usage);
  }

  /** The same with one charge by another route. */
  public PriceModel route(String chargeId, String route) {
    if (charges.stream().noneMatch(charge -> charge.id().equals(chargeId))) {
      throw new IllegalArgumentException(
          "no charge " + chargeId + "; there are " + charges.stream().map(Charge::id).toList());
    }
    List<Charge> changed =
        charges.stream().map(c -> c.id().equals(chargeId) ? c.by(route) : c).toList();
    return new PriceModel(
        id,
        provider,
        service,
        plan,
        regime,
        provenance,
        currency,
        units,
        zone,
        minimumFee,
        changed,
        caps,
        facts,
        examples);
  }

  /**
   * The exact price of so much more of a meter on top of a usage: the difference of two bills.
   *
   * <p>Zero inside an allotment, a package, a commitment or a minimum fee. Negative where a volume
   * discount begins.
   */
  public Money marginal(Usage usage, Meter meter, BigDecimal more) {
    return bill(usage.plus(meter, more)).total().minus(bill(usage).total());
  }

  /** All prices are known. */
  public boolean isComplete() {
    return exchange() != null && charges.stream().allMatch(charge -> charge.priced() != null);
  }
}
