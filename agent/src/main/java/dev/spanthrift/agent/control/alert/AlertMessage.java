package dev.spanthrift.agent.control.alert;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.spanthrift.agent.config.settings.AlertSettings;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** An alert as it is sent, and its signature. */
final class AlertMessage {
  static final String SIGNATURE = "X-Spanthrift-Signature";
  private static final String ALGORITHM = "HmacSHA256";

  private AlertMessage() {}

  static byte[] body(Alert alert, AlertSettings.Format format) {
    return JsonMapper.shared()
        .writeValueAsBytes(
            switch (format) {
              case GENERIC -> generic(alert);
              case SLACK -> slack(alert);
            });
  }

  private static ObjectNode generic(Alert alert) {
    ObjectNode message = JsonNodeFactory.instance.objectNode();
    message.put("source", "spanthrift");
    message.put("id", alert.id());
    message.put("rule", alert.rule());
    message.put("subject", alert.subject());
    message.put("state", alert.state());
    message.put("since", alert.since().toString());
    if (alert.resolved() != null) {
      message.put("resolved", alert.resolved().toString());
    }
    message.put("value", alert.value());
    message.put("threshold", alert.threshold());
    message.put("unit", alert.unit());
    message.put("text", alert.text());
    message.put("link", alert.link());
    return message;
  }

  /** What Slack's incoming webhooks take: mrkdwn, where three characters are escaped. */
  private static ObjectNode slack(Alert alert) {
    String head =
        switch (alert.state()) {
          case "resolved" -> ":white_check_mark: *Over:* ";
          case "test" -> ":information_source: ";
          default -> ":warning: ";
        };
    return JsonNodeFactory.instance
        .objectNode()
        .put(
            "text",
            head
                + escaped(alert.text())
                + "\n"
                + escaped(alert.rule())
                + " · <"
                + alert.link()
                + "|open in Spanthrift>");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /**
   * Headers of a message.
   *
   * @param secret null: it is not signed
   */
  static Map<String, String> headers(byte[] body, @Nullable String secret, long unixSeconds) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    if (secret != null) {
      headers.put(SIGNATURE, "t=" + unixSeconds + ",v1=" + signature(body, secret, unixSeconds));
    }
    return headers;
  }

  /** Hexadecimal; over the time too, so that an old message cannot be sent again. */
  static String signature(byte[] body, String secret, long unixSeconds) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), ALGORITHM));
      mac.update((unixSeconds + ".").getBytes(UTF_8));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
