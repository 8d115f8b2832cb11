package dev.spanthrift.exporter.transport;

import dev.spanthrift.exporter.settings.Tls;
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
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;

/** TLS as a client, on the JDK's own engine; host names are checked unless nothing is. */
final class TlsContexts {
  private TlsContexts() {}

  static SslContext grpc(Tls tls, TlsFiles files) {
    return build(GrpcSslContexts.configure(builder(tls, files), SslProvider.JDK));
  }

  static SslContext http(Tls tls, TlsFiles files) {
    return build(
        builder(tls, files)
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    ApplicationProtocolNames.HTTP_2,
                    ApplicationProtocolNames.HTTP_1_1)));
  }

  private static SslContextBuilder builder(Tls tls, TlsFiles files) {
    SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
    KeyManager keys = files.keys();
    TrustManager trust = files.trust();
    if (keys != null) {
      builder.keyManager(keys);
    }
    if (tls.skipVerify()) {
      builder
          .trustManager(InsecureTrustManagerFactory.INSTANCE)
          .endpointIdentificationAlgorithm(null);
    } else if (trust != null) {
      builder.trustManager(trust);
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
