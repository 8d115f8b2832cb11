package dev.spanthrift.agent.control.boost;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.spanthrift.sampler.Boost;
import dev.spanthrift.sampler.budget.price.model.Money;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A boost as it is answered.
 *
 * @param cap in units of the currency, like what is spent
 * @param traces that it has decided
 * @param countedAs the reason that its keeps are counted under
 * @param ended missing while it is active
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BoostBody(
    String id,
    BoostMatch match,
    String reason,
    Instant since,
    Instant until,
    double cap,
    double spent,
    String currency,
    long traces,
    long spans,
    String countedAs,
    String state,
    @Nullable Instant ended) {

  public static BoostBody of(ActiveBoost boost, String currency) {
    Boost.Spent spent = boost.boost().spent();
    return new BoostBody(
        boost.id(),
        boost.match(),
        boost.reason(),
        Instant.ofEpochMilli(boost.sinceUnixMillis()),
        Instant.ofEpochMilli(boost.untilUnixMillis()),
        (double) boost.capPicos() / Money.PICOS,
        (double) spent.picos() / Money.PICOS,
        currency,
        spent.traces(),
        spent.spans(),
        boost.countedAs(),
        boost.state().word(),
        boost.endedUnixMillis() == 0 ? null : Instant.ofEpochMilli(boost.endedUnixMillis()));
  }
}
