package dev.spanthrift.exporter.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxyVariablesTest {
  private static HttpProxy proxy(Map<String, String> environment, String endpoint, Protocol by) {
    return ProxyVariables.of(environment).proxyFor(URI.create(endpoint), by);
  }

  @ParameterizedTest
  @CsvSource({"HTTP_PROXY, http", "http_proxy, http", "HTTPS_PROXY, https", "https_proxy, https"})
  void theVariableOfTheSchemeNamesTheProxyInUpperAndLowerCase(String variable, String scheme) {
    Map<String, String> set = Map.of(variable, "http://proxy:3128");
    String other = scheme.equals("http") ? "https" : "http";
    assertEquals(
        new HttpProxy("proxy", 3128, null, null),
        proxy(set, scheme + "://backend:4318", Protocol.HTTP_PROTOBUF));
    assertNull(proxy(set, other + "://backend:4318", Protocol.HTTP_PROTOBUF));
  }

  @Test
  void grpcWithoutTlsGoesThroughTheTunnelOfEitherVariable() {
    Map<String, String> tunnel = Map.of("HTTPS_PROXY", "tunnel:1", "HTTP_PROXY", "plain:2");
    assertEquals("tunnel", at(proxy(tunnel, "http://backend:4317", Protocol.GRPC)));
    Map<String, String> plain = Map.of("HTTP_PROXY", "plain:2");
    assertEquals("plain", at(proxy(plain, "http://backend:4317", Protocol.GRPC)));
    assertNull(proxy(plain, "https://backend:4317", Protocol.GRPC));
  }

  private static String at(HttpProxy proxy) {
    return Objects.requireNonNull(proxy).host();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "backend.corp | corp, other | true",
        "backend.corp | .corp | true",
        "corp | .corp | false",
        "corp | *.corp | false",
        "backend.corp | *.corp | true",
        "badcorp | corp | false",
        "backend.corp | backend.corp:4318 | true",
        "backend.corp | backend.corp:80 | false",
        "BACKEND.corp | backend.CORP | true",
        "backend.corp | * | true",
        "10.1.2.3 | 10.0.0.0/8 | true",
        "11.1.2.3 | 10.0.0.0/8 | false",
        "10.1.2.3 | 10.1.2.3 | true",
        "10.1.2.30 | 10.1.2.3 | false",
        "[fd00::1] | fd00::/8 | true",
        "[fd00::1] | [fd00::1]:4318 | true",
        "localhost | nowhere | true",
        "127.0.0.9 | '' | true",
        "[::1] | '' | true",
        "backend.corp | ,, | false",
      })
  void noProxyAndLoopbackGoDirect(String host, String noProxy, boolean direct) {
    for (String name : new String[] {"NO_PROXY", "no_proxy"}) {
      Map<String, String> set = Map.of("HTTP_PROXY", "http://proxy:3128", name, noProxy);
      HttpProxy found = proxy(set, "http://" + host + ":4318", Protocol.HTTP_PROTOBUF);
      assertEquals(direct, found == null, name);
    }
  }

  @Test
  void aVariableThatNamesNoHttpProxyIsNamedAndNotUsed() {
    ProxyVariables variables = ProxyVariables.of(Map.of("https_proxy", "socks5://u:hush@p:1080"));
    assertNull(variables.proxyFor(URI.create("https://backend"), Protocol.GRPC));
    String message = variables.ignored().getFirst();
    assertTrue(message.startsWith("HTTPS_PROXY is a proxy of scheme socks5"), message);
    assertTrue(message.endsWith("not used"), message);
  }

  @Test
  void credentialsAreSentAndNeverShown() {
    HttpProxy proxy = HttpProxy.parse("proxy", "http://me%40corp:p%3As+s@proxy.corp");
    assertEquals("Basic bWVAY29ycDpwOnMrcw==", proxy.authorization());
    assertEquals("http://proxy.corp:80", proxy.toString());
    assertFalse(("" + proxy).contains("corp:p"));
    assertNull(HttpProxy.parse("proxy", "proxy:1").authorization());
    assertEquals("http://[::1]:3128", HttpProxy.parse("proxy", "http://[::1]:3128").toString());
  }

  @Test
  void whatIsNoProxyIsRefusedWithItsNameAndWithoutItsPassword() {
    for (String wrong :
        new String[] {"socks5://me:hush@proxy:1080", "http://me:hush@:3128", "::"}) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> HttpProxy.parse("HTTPS_PROXY", wrong))
              .getMessage();
      assertTrue(message.startsWith("HTTPS_PROXY is "), message);
      assertTrue(message.contains("http://proxy:3128"), message);
      assertFalse(message.contains("hush"), message);
    }
  }
}
