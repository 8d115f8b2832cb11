package dev.spanthrift.agent.receive.loop;

import dev.spanthrift.exporter.settings.Tls;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Turns the settings into Netty's context, on the JDK's own TLS. */
public final class ServerTls {
  private ServerTls() {}

  /** Offers the protocols by ALPN, best first; null settings give null. */
  public static @Nullable SslContext context(@Nullable Tls tls, String... protocols) {
    return context(tls, ClientAuth.REQUIRE, protocols);
  }

  /** The same for HTTP/1.1, where clients may show a certificate and need not. */
  public static @Nullable SslContext withOptionalClients(@Nullable Tls tls) {
    return context(tls, ClientAuth.OPTIONAL, ApplicationProtocolNames.HTTP_1_1);
  }

  private static @Nullable SslContext context(
      @Nullable Tls tls, ClientAuth clients, String... protocols) {
    if (tls == null || tls.certificate() == null || tls.key() == null) {
      return null;
    }
    try {
      SslContextBuilder builder =
          SslContextBuilder.forServer(tls.certificate().toFile(), tls.key().toFile())
              .sslProvider(SslProvider.JDK)
              .applicationProtocolConfig(
                  new ApplicationProtocolConfig(
                      Protocol.ALPN,
                      SelectorFailureBehavior.NO_ADVERTISE,
                      SelectedListenerFailureBehavior.ACCEPT,
                      protocols));
      Path authorities = tls.authority();
      if (authorities != null) {
        builder.clientAuth(clients).trustManager(authorities.toFile());
      }
      return builder.build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "TLS certificate %s or key %s cannot be used: %s"
              .formatted(tls.certificate(), tls.key(), e.getMessage()),
          e);
    }
  }
}
