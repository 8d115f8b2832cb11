package dev.spanthrift.agent.config.settings;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** When people are told, and how. */
public record AlertSettings(
    @Setting("Where messages go; without it they are in the API, the page and the log only.")
        Webhook webhook,
    @Setting(
            value = "Address of the page, for the links in messages.",
            byDefault = "http://localhost:4321/")
        URI page,
    @Setting(
            value = "A budget's forecast for its period, in times of its amount. 0: off.",
            byDefault = "1")
        BigDecimal forecastOver,
    @Setting(value = "Share of a budget's amount that is spent. 0: off.", byDefault = "1")
        Probability budgetUsed,
    @Setting(
            value =
                "Traces of the last minute that policies would keep for certain beyond their share"
                    + " of the money, policyShareMax. 0: off.",
            byDefault = "1")
        int mustKeepOver,
    @Setting(
            value =
                "An operation's error rate in the last minute, in times of its usual one. 0: off.",
            byDefault = "3")
        BigDecimal errorRate,
    @Setting(
            value =
                "An operation's 95th percentile of durations in the last minute, in times of its"
                    + " usual one. 0: off.",
            byDefault = "3")
        BigDecimal latency,
    @Setting(value = "A destination does not answer for so long. 0s: off.", byDefault = "1m")
        Duration destinationAway,
    @Setting(value = "Share of a destination's queue that is taken. 0: off.", byDefault = "0.5")
        Probability queueFilling,
    @Setting(value = "The fleet's engine does not answer for so long. 0s: off.", byDefault = "1m")
        Duration engineAway,
    @Setting(
            value =
                "A span with db.system or db.system.name that takes longer, by the shape of its"
                    + " statement. 0s: off.",
            byDefault = "1s")
        Duration slowQuery,
    @Setting(
            value =
                "How much of operations, policies and statements is looked at at once: the last"
                    + " minute of the rules above. Their alerts are over when nothing is found for"
                    + " so long, others after a minute at most. What an operation usually does is"
                    + " known after five of them. Other than 1m, all operations, up to 501, are"
                    + " copied once more for it, so often, under the pipeline's lock.",
            byDefault = "1m")
        Duration window) {

  /** Where messages go. */
  public record Webhook(
      @Setting("Its URL, which is never shown.") @Nullable URI url,
      @Setting("File with its URL, where that is a secret, as Slack's is; in place of url.")
          @Nullable Path urlFile,
      @Setting(
              value =
                  "generic, a JSON object for each message, or slack, for its incoming webhooks.",
              byDefault = "generic")
          Format format,
      @Setting(
              "File with a secret: messages then carry X-Spanthrift-Signature: t=SECONDS,v1=HEX,"
                  + " the HMAC-SHA256 of SECONDS, a dot and the body.")
          @Nullable Path secretFile) {
    public Webhook {
      new Checks()
          .that(
              url == null || isHttp(url),
              "url",
              "(hidden)",
              "write it as http://host/path or https://host/path, without user and password")
          .that(url == null || urlFile == null, "urlFile", urlFile, "either url or urlFile")
          .done();
    }

    private static boolean isHttp(URI url) {
      return ("http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme()))
          && url.getHost() != null
          && url.getRawUserInfo() == null;
    }

    /** Whether there is one. */
    public boolean isConfigured() {
      return url != null || urlFile != null;
    }

    /** Without its URL. */
    @Override
    public String toString() {
      return "Webhook[" + format + (isConfigured() ? ", configured" : ", none") + "]";
    }
  }

  /** Whose form messages have. */
  public enum Format {
    GENERIC,
    SLACK;

    /** As it is written. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final BigDecimal MOST = new BigDecimal("1000");

  public AlertSettings {
    new Checks()
        .that(isFactor(forecastOver), "forecastOver", forecastOver, "from 0 to 1000")
        .that(isFactor(errorRate), "errorRate", errorRate, "0, or from 1 to 1000")
        .that(isFactor(latency), "latency", latency, "0, or from 1 to 1000")
        .that(
            errorRate.signum() == 0 || errorRate.compareTo(BigDecimal.ONE) >= 0,
            "errorRate",
            errorRate,
            "0, or from 1 to 1000")
        .that(
            latency.signum() == 0 || latency.compareTo(BigDecimal.ONE) >= 0,
            "latency",
            latency,
            "0, or from 1 to 1000")
        .between("mustKeepOver", mustKeepOver, 0, 1_000_000)
        .between("destinationAway", destinationAway, Duration.ZERO, Duration.ofHours(24))
        .between("engineAway", engineAway, Duration.ZERO, Duration.ofHours(24))
        .between("slowQuery", slowQuery, Duration.ZERO, Duration.ofHours(1))
        .between("window", window, Duration.ofSeconds(1), Duration.ofHours(1))
        .that(
            page.getHost() != null && String.valueOf(page.getScheme()).startsWith("http"),
            "page",
            page,
            "write it as http://host:port/ or https://host/")
        .done();
  }

  private static boolean isFactor(BigDecimal factor) {
    return factor.signum() >= 0 && factor.compareTo(MOST) <= 0;
  }
}
