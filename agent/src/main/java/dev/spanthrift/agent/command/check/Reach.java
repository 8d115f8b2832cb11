package dev.spanthrift.agent.command.check;

import dev.spanthrift.agent.config.settings.DestinationSettings;
import dev.spanthrift.exporter.NetworkWords;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Whether somebody answers at a destination: connects, and shakes hands when it is TLS. */
final class Reach {
  private static final int TIMEOUT_MILLIS = 2_000;

  private Reach() {}

  static Check of(DestinationSettings destination) {
    String what = "destination " + destination.name() + " " + destination.endpoint();
    String at = destination.host() + ":" + destination.port();
    try (Socket socket = new Socket()) {
      InetSocketAddress address = new InetSocketAddress(destination.host(), destination.port());
      if (address.isUnresolved()) {
        throw new UnknownHostException(destination.host());
      }
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(address, TIMEOUT_MILLIS);
      return new Check(what, true, destination.tls() ? handshake(socket, destination) : "answers");
    } catch (IOException | IllegalArgumentException e) {
      return new Check(what, false, NetworkWords.of(e, at));
    }
  }

  private static String handshake(Socket socket, DestinationSettings destination)
      throws IOException {
    SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
    if (destination.authority() != null) {
      builder.trustManager(destination.authority().toFile());
    }
    if (destination.clientCertificate() != null && destination.clientKey() != null) {
      builder.keyManager(
          destination.clientCertificate().toFile(), destination.clientKey().toFile());
    }
    JdkSslContext context = (JdkSslContext) builder.build();
    try (SSLSocket secure =
        (SSLSocket)
            context
                .context()
                .getSocketFactory()
                .createSocket(socket, destination.host(), destination.port(), true)) {
      SSLParameters parameters = secure.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secure.setSSLParameters(parameters);
      secure.startHandshake();
      return "answers, " + secure.getSession().getProtocol();
    }
  }
}
