package dev.spanthrift.agent.control.alert;

import dev.spanthrift.agent.config.settings.AlertSettings;
import dev.spanthrift.agent.config.yaml.InputFile;
import dev.spanthrift.exporter.settings.ExportSettings;
import dev.spanthrift.exporter.settings.ExportSettings.Limits;
import dev.spanthrift.exporter.settings.Protocol;
import dev.spanthrift.exporter.settings.ProxyVariables;
import dev.spanthrift.exporter.transport.ClientLoops;
import dev.spanthrift.exporter.transport.Sender;
import dev.spanthrift.exporter.transport.Senders;
import dev.spanthrift.sampler.wire.Signal;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/**
 * The way to a webhook. Its URL is used as it is; it may stand in a file, which is read with each
 * {@link #open}.
 */
public final class WebhookOpener implements WebhookSender.Opener {
  private static final int BYTES_MAX = 64 << 10;

  private final AlertSettings.Webhook webhook;
  private final ClientLoops loops;
  private final ProxyVariables proxies;

  public WebhookOpener(AlertSettings.Webhook webhook, ClientLoops loops, ProxyVariables proxies) {
    this.webhook = webhook;
    this.loops = loops;
    this.proxies = proxies;
  }

  /**
   * Opens it.
   *
   * @throws IOException whose words hold nothing of the URL: it is a secret
   */
  @Override
  public Sender open() throws IOException {
    Path file = webhook.urlFile();
    try {
      URI url = file == null ? webhook.url() : URI.create(InputFile.secret(file));
      if (url == null) {
        throw new IOException("no webhook is configured");
      }
      ExportSettings to =
          ExportSettings.of("alerts", Protocol.HTTP_PROTOBUF, url)
              .withSignalEndpoints(Map.of(Signal.LOGS, url))
              .withProxy(proxies.proxyFor(url, Protocol.HTTP_PROTOBUF))
              .withLimits(new Limits(BYTES_MAX, 2, BYTES_MAX, BYTES_MAX, 0));
      return Senders.open(to, loops);
    } catch (IllegalArgumentException e) { // it says what was wrong by repeating all of it
      throw new IOException(
          (file == null ? "the webhook's URL" : file)
              + " holds no URL with scheme http or https and a host");
    }
  }
}
