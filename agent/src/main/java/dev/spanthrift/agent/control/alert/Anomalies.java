package dev.spanthrift.agent.control.alert;

import dev.spanthrift.agent.config.settings.AlertSettings;
import dev.spanthrift.agent.control.http.Note;
import dev.spanthrift.agent.control.operation.OperationHistory.Key;
import dev.spanthrift.agent.control.operation.OperationHistory.Minute;
import dev.spanthrift.sampler.estimate.LogQuantiles;
import dev.spanthrift.sampler.signal.MeasuredOperation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Operations that fail more often, or take longer, than they used to.
 *
 * <p>What is usual is learned window by window ({@code alerts.window}, which is a minute unless
 * somebody says otherwise) with exponential weights, half of it from the last 30, after {@link
 * #WINDOWS_LEAST} of them with enough spans. A window is unusual when it is so many times the
 * usual, and so far from it that chance is no explanation: {@link #SIGMAS} standard deviations of a
 * binomial, or two windows in a row for durations. It then teaches a tenth of what another does, so
 * that what stays becomes usual in a few hundred.
 */
final class Anomalies {
  static final int WINDOWS_LEAST = 5;
  private static final long SPANS_LEAST = 30;
  private static final double SIGMAS = 4;
  private static final double WEIGHT = 1 - Math.pow(0.5, 1 / 30.0);
  private static final double RATE_LEAST = 0.001; // nothing has failed so far: one of a thousand
  private static final int OPERATIONS_MAX = 600;

  private final AlertSettings settings;
  private final Map<Key, Usual> known = new HashMap<>();

  /** What an operation does usually. */
  private static final class Usual {
    int windows;
    double errorRate;
    double logP95;
    boolean slowBefore;
  }

  Anomalies(AlertSettings settings) {
    this.settings = settings;
  }

  List<AlertFinding> look(Minute minute) {
    List<AlertFinding> found = new ArrayList<>();
    if (!AlertRule.ERROR_RATE.isOn(settings) && !AlertRule.LATENCY.isOn(settings)) {
      return found;
    }
    for (Map.Entry<Key, MeasuredOperation> entry : minute.to().all().entrySet()) {
      MeasuredOperation since = since(entry.getValue(), minute.from().all().get(entry.getKey()));
      if (since.spans() >= SPANS_LEAST) {
        Usual usual = usual(entry.getKey());
        if (usual != null) {
          look(entry.getKey(), since, usual, found);
        }
      }
    }
    return found;
  }

  private @Nullable Usual usual(Key key) {
    Usual usual = known.get(key);
    if (usual == null && known.size() < OPERATIONS_MAX) {
      usual = new Usual();
      known.put(key, usual);
    }
    return usual;
  }

  private void look(Key key, MeasuredOperation now, Usual usual, List<AlertFinding> found) {
    double rate = (double) now.errors() / now.spans();
    double logP95 = Math.log(Math.max(1, LogQuantiles.of(now, 0.95)));
    boolean failing = false;
    boolean slow = false;
    if (usual.windows >= WINDOWS_LEAST) {
      double expected = Math.max(RATE_LEAST, usual.errorRate);
      double times = rate / expected;
      double sigma = Math.sqrt(expected * (1 - Math.min(1, expected)) / now.spans());
      failing =
          AlertRule.ERROR_RATE.isOn(settings)
              && times > AlertRule.ERROR_RATE.threshold(settings)
              && rate - expected > SIGMAS * sigma;
      if (failing) {
        found.add(finding(AlertRule.ERROR_RATE, key, times, errors(key, rate, usual)));
      }
      double longer = Math.exp(logP95 - usual.logP95);
      slow = AlertRule.LATENCY.isOn(settings) && longer > AlertRule.LATENCY.threshold(settings);
      if (slow && usual.slowBefore) {
        found.add(finding(AlertRule.LATENCY, key, longer, latency(key, logP95, usual)));
      }
    }
    learn(usual, rate, logP95, failing, slow);
    usual.slowBefore = slow;
  }

  private AlertFinding finding(AlertRule rule, Key key, double times, String text) {
    String subject = key.operation() + " of " + key.service();
    return new AlertFinding(rule, subject, times, rule.threshold(settings), text);
  }

  private static String errors(Key key, double rate, Usual usual) {
    return String.format(
        Locale.ROOT,
        "%s of %s fails in %.2f %% of its spans; usual are %.2f %%.",
        key.operation(),
        key.service(),
        100 * rate,
        100 * usual.errorRate);
  }

  private static String latency(Key key, double logP95, Usual usual) {
    return String.format(
        Locale.ROOT,
        "The 95th percentile of %s of %s is %s s; usual are %s s.",
        key.operation(),
        key.service(),
        Note.number(Math.exp(logP95) / 1e9),
        Note.number(Math.exp(usual.logP95) / 1e9));
  }

  private static void learn(
      Usual usual, double rate, double logP95, boolean failing, boolean slow) {
    usual.windows++;
    double early = Math.max(WEIGHT, 1.0 / usual.windows); // the first ones count alike
    double ofRate = failing ? WEIGHT / 10 : early;
    double ofTime = slow ? WEIGHT / 10 : early;
    usual.errorRate += ofRate * (rate - usual.errorRate);
    usual.logP95 += ofTime * (logP95 - usual.logP95);
  }

  private static MeasuredOperation since(MeasuredOperation now, @Nullable MeasuredOperation then) {
    if (then == null) {
      return now;
    }
    long[] buckets = now.buckets().clone();
    for (int i = 0; i < then.buckets().length; i++) {
      int at = then.offset() + i - now.offset();
      if (at >= 0 && at < buckets.length) {
        buckets[at] -= then.buckets()[i];
      }
    }
    return new MeasuredOperation(
        now.service(),
        now.operation(),
        now.spans() - then.spans(),
        now.errors() - then.errors(),
        now.bytes() - then.bytes(),
        now.durationSumNanos() - then.durationSumNanos(),
        now.zeros() - then.zeros(),
        now.offset(),
        buckets);
  }
}
