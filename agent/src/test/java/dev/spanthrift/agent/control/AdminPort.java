package dev.spanthrift.agent.control;

import dev.spanthrift.agent.config.policy.PolicyCompilation;
import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.control.alert.AlertParts;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.control.policy.PolicyApi;
import dev.spanthrift.agent.control.policy.PolicyStore;
import dev.spanthrift.agent.money.ModelException;
import dev.spanthrift.agent.money.Treasurer;
import dev.spanthrift.agent.pipeline.PolicyCompiler;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** A really started admin port over a fake pipeline, with a state directory and a token. */
public final class AdminPort implements AutoCloseable {
  public static final String TOKEN = "sesame-4f1d0c7be2";
  public static final String CONFIGURED =
      "{\"policies\":[{\"name\":\"errors\",\"action\":\"keep\"}],\"default\":0.1}";
  public static final String OTHER =
      "{\"policies\":[{\"name\":\"errors\",\"action\":\"keep\"}],\"default\":0.2}";

  /** Wants policies that are a list of objects with a name; warns of those called odd. */
  public static final PolicyCompiler COMPILER =
      (document, previous) -> {
        List<PolicyProblem> problems = AdminPort.check(document);
        return problems.isEmpty()
            ? new PolicyCompilation.Compiled(
                PolicySet.compile(PolicyDocument.EMPTY), AdminPort.warnings(document))
            : new PolicyCompilation.Invalid(problems);
      };

  private static final DefaultDataBufferFactory BUFFERS = new DefaultDataBufferFactory();

  public final FakePipeline pipeline = new FakePipeline();
  public final Treasurer money;
  public final PolicyStore store;
  final ControlServer server;

  private AdminPort(ControlSettings settings, String configured, PolicyCompiler compiler) {
    this(settings, configured, compiler, noAlerts());
  }

  private AdminPort(
      ControlSettings settings, String configured, PolicyCompiler compiler, AlertParts alerts) {
    this(settings, configured, compiler, alerts, "");
  }

  private AdminPort(
      ControlSettings settings,
      String configured,
      PolicyCompiler compiler,
      AlertParts alerts,
      String yaml) {
    money = money(pipeline, yaml);
    store =
        PolicyStore.open(
            settings.stateDirectory(),
            BodyFormat.JSON.read(configured.getBytes(StandardCharsets.UTF_8)),
            compiler,
            false);
    server = ControlServer.start(settings, pipeline, store, money, alerts);
  }

  private static AlertParts noAlerts() {
    return new AlertParts(
        SettingsLoader.defaults().alerts(),
        () -> {
          throw new IOException("no webhook");
        },
        null);
  }

  /** With a webhook, where policies can be put. */
  public static AdminPort startWithAlerts(Path directory, AlertParts alerts) throws IOException {
    return new AdminPort(
        writable(directory), "{\"default\": {\"keep\": true}}", PolicyCompilation::of, alerts);
  }

  /** Without a memory; the plain price of 0.50 USD where nothing else is said. */
  private static Treasurer money(FakePipeline pipeline, String yaml) {
    try {
      var settings = SettingsLoader.load(yaml, "test", Map.of("SPANTHRIFT_STATE_DIR", "/nowhere"));
      return Treasurer.open(settings.settings(), pipeline::status);
    } catch (SettingsException | ModelException e) {
      throw new AssertionError(e);
    }
  }

  /** Who has {@link #TOKEN} may change things, and what is changed survives there. */
  private static ControlSettings writable(Path directory) throws IOException {
    Path token = Files.writeString(directory.resolve("token"), TOKEN + "\n");
    return ControlSettings.onLoopback(0)
        .withTokenFile(token)
        .withStateDirectory(directory.resolve("state"));
  }

  public static AdminPort start(Path directory) throws IOException {
    return start(directory, CONFIGURED);
  }

  public static AdminPort start(Path directory, String configured) throws IOException {
    return new AdminPort(writable(directory), configured, COMPILER);
  }

  /** One with other settings than those of {@link #start(Path)}. */
  public static AdminPort start(Path directory, UnaryOperator<ControlSettings> change)
      throws IOException {
    return new AdminPort(change.apply(writable(directory)), CONFIGURED, COMPILER);
  }

  public static AdminPort startReadOnly() {
    return new AdminPort(ControlSettings.onLoopback(0), CONFIGURED, COMPILER);
  }

  /** Understands policies as the program does. */
  public static AdminPort startWithRealPolicies() {
    return new AdminPort(
        ControlSettings.onLoopback(0), "{\"default\": {\"keep\": true}}", PolicyCompilation::of);
  }

  /** The same, where policies can be put. */
  public static AdminPort startWithRealPolicies(Path directory) throws IOException {
    return startWithRealPolicies(directory, settings -> settings);
  }

  /** The same with other settings. */
  public static AdminPort startWithRealPolicies(
      Path directory, UnaryOperator<ControlSettings> change) throws IOException {
    return new AdminPort(
        change.apply(writable(directory)),
        "{\"default\": {\"keep\": true}}",
        PolicyCompilation::of);
  }

  /** The same, with budgets, to which the policies leave all. */
  public static AdminPort startWithBudget(Path directory, String yaml) throws IOException {
    return new AdminPort(
        writable(directory),
        "{\"default\": {\"budget\": true}}",
        PolicyCompilation::of,
        noAlerts(),
        yaml);
  }

  public String url() {
    return "http://localhost:" + server.port();
  }

  /** A client without a token. */
  public WebTestClient client() {
    return WebTestClient.bindToServer()
        .baseUrl(url())
        .responseTimeout(Duration.ofSeconds(60))
        .filter(OpenApi.get().isKept())
        .filter(AdminPort::read)
        .build();
  }

  /**
   * Reads answers whole whether the test wants to see them or not: WebTestClient leaves what nobody
   * asks for in its buffers, which Netty's leak detector reports when they are collected.
   */
  private static Mono<ClientResponse> read(ClientRequest request, ExchangeFunction next) {
    return next.exchange(request)
        .flatMap(
            answer ->
                answer
                        .headers()
                        .contentType()
                        .filter(MediaType.TEXT_EVENT_STREAM::isCompatibleWith)
                        .isPresent()
                    ? Mono.just(answer)
                    : answer
                        .bodyToMono(byte[].class)
                        .map(bytes -> answer.mutate().body(Flux.just(BUFFERS.wrap(bytes))).build())
                        .defaultIfEmpty(answer));
  }

  /** A client that may write. */
  public WebTestClient writer() {
    return client().mutate().defaultHeader("Authorization", "Bearer " + TOKEN).build();
  }

  public String etag() {
    return PolicyApi.etag(store.current());
  }

  /** As the books do once a second. */
  public void second() {
    server.note(pipeline.status);
  }

  @Override
  public void close() {
    server.close();
  }

  private static List<PolicyProblem> warnings(JsonNode document) {
    List<PolicyProblem> warnings = new ArrayList<>();
    for (int i = 0; i < document.path("policies").size(); i++) {
      if (document.path("policies").get(i).path("name").asString("").equals("odd")) {
        warnings.add(new PolicyProblem("/policies/" + i, "can never fire", "remove it"));
      }
    }
    return warnings;
  }

  private static List<PolicyProblem> check(JsonNode document) {
    List<PolicyProblem> problems = new ArrayList<>();
    JsonNode policies = document.path("policies");
    if (!policies.isArray()) {
      problems.add(new PolicyProblem("/policies", "is not a list", "- name: errors"));
    }
    for (int i = 0; i < policies.size(); i++) {
      if (!policies.get(i).path("name").isString()) {
        problems.add(new PolicyProblem("/policies/" + i + "/name", "is missing", "name: errors"));
      }
    }
    return problems;
  }
}
