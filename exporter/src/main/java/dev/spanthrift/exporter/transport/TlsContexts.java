package dev.spanthrift.exporter.transport;

import dev.spanthrift.exporter.settings.DestinationSettings.Tls;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Path;
import javax.net.ssl.SSLException;

/** TLS as a client, on the JDK's own engine; host names are checked unless nothing is. */
final class TlsContexts {
  private TlsContexts() {}

  static SslContext grpc(Tls tls) {
    return build(GrpcSslContexts.configure(builder(tls), SslProvider.JDK));
  }

  static SslContext http(Tls tls) {
    return build(
        builder(tls)
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_2,
                    ApplicationProtocolNames.HTTP_1_1)));
  }

  private static SslContextBuilder builder(Tls tls) {
    SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
    Path certFile = tls.certFile();
    Path keyFile = tls.keyFile();
    Path caFile = tls.caFile();
    if (certFile != null && keyFile != null) {
      builder.keyManager(new ReloadingKeyManager(certFile, keyFile));
    }
    if (tls.skipVerify()) {
      builder
          .trustManager(InsecureTrustManagerFactory.INSTANCE)
          .endpointIdentificationAlgorithm(null);
    } else if (caFile != null) {
      builder.trustManager(new ReloadingTrustManager(caFile));
    }
    return builder;
  }

  private static SslContext build(SslContextBuilder builder) {
    try {
      return builder.build();
    } catch (SSLException e) {
      throw new IllegalArgumentException("tls cannot be set up: " + e.getMessage(), e);
    }
  }
}
