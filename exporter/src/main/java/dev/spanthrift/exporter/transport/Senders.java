package dev.spanthrift.exporter.transport;

import dev.spanthrift.exporter.settings.ExportSettings;
import java.time.InstantSource;

/** Opens the transport that the settings name. */
public final class Senders {
  private static final String VERSION = version();

  /** Says who exports, on both transports (specs.md C14). */
  static final String USER_AGENT = "Spanthrift/" + VERSION + " OTel-OTLP-Exporter-Java/" + VERSION;

  private Senders() {}

  /**
   * Opens one; it connects when the first request is sent.
   *
   * @throws IllegalArgumentException when a certificate file cannot be used
   */
  public static Sender open(ExportSettings settings, ClientLoops loops) {
    return switch (settings.protocol()) {
      case GRPC -> new GrpcSender(settings, loops);
      case HTTP_PROTOBUF -> new HttpSender(settings, loops, InstantSource.system());
    };
  }

  private static String version() {
    String version = Senders.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }
}
