package dev.spanthrift.agent.control.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.config.policy.PolicyCompilation;
import dev.spanthrift.agent.config.settings.BudgetSettings;
import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.config.settings.SpanthriftSettings;
import dev.spanthrift.agent.control.http.BodyFormat;
import dev.spanthrift.agent.control.policy.ManagedPolicy;
import dev.spanthrift.agent.control.source.SidecarReport.Amount;
import dev.spanthrift.sampler.policy.document.PolicyProblem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a sidecar does with bundles; the stream itself leads to nobody here. */
class PolicySourceTest {
  @TempDir Path folder;
  private SpanthriftSettings settings;
  private final List<String> acted = new ArrayList<>();

  final PolicySource.Target program =
      new PolicySource.Target() {
        @Override
        public @Nullable String lackOf(List<BudgetSettings> budgets) {
          return budgets.getFirst().name().equals("odd") ? "an odd budget" : null;
        }

        @Override
        public List<PolicyProblem> policy(@Nullable ManagedPolicy policy, boolean budgeted) {
          if (policy != null
              && PolicyCompilation.of(policy.document(), null)
                  instanceof PolicyCompilation.Invalid(var problems)) {
            return problems;
          }
          acted.add("policy " + (policy == null ? "configured" : policy.objects()) + budgeted);
          return List.of();
        }

        @Override
        public void budgets(@Nullable List<BudgetSettings> budgets) {
          acted.add("budgets " + (budgets == null ? "configured" : budgets.getFirst().amount()));
        }

        @Override
        public SidecarReport report(
            String hash, @Nullable String refused, List<String> refusedObjects) {
          Amount none = Amount.NONE;
          return new SidecarReport(
              hash,
              refused,
              refusedObjects,
              none,
              none,
              none,
              0,
              0,
              none,
              none,
              "USD",
              0,
              0,
              0,
              Map.of());
        }
      };

  @BeforeEach
  void settings() throws Exception {
    settings = settings(Map.of());
  }

  private SpanthriftSettings settings(Map<String, String> more) throws Exception {
    var environment = new java.util.HashMap<>(more);
    environment.put("SPANTHRIFT_STATE_DIR", folder.resolve("state").toString());
    environment.put("SPANTHRIFT_CONTROLLER_URL", "http://127.0.0.1:9");
    environment.put("SPANTHRIFT_CONTROLLER_TOKEN_FILE", folder.resolve("token").toString());
    return SettingsLoader.load(null, environment).settings();
  }

  private PolicySource.First first() {
    return PolicySource.first(settings, bundle -> PolicySource.lack(bundle, settings));
  }

  private PolicySource open() {
    return PolicySource.start(settings, first(), program, "test");
  }

  private static JsonNode json(String text) {
    return BodyFormat.YAML.read(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Bundle bundle(String policy) {
    return new Bundle(json(policy), false, List.of("SamplingPolicy shop/a"), null, List.of());
  }

  @Test
  void putsInForceWhatComesAndBeginsWithItTheNextTime() {
    Bundle half = bundle("{default: {probability: 0.5}}");
    try (PolicySource source = open()) {
      assertEquals("none", source.status().copy());
      source.take(half.hash(), half);
      assertEquals(List.of("policy [SamplingPolicy shop/a]false", "budgets configured"), acted);
      assertEquals(half.hash(), source.have());
      assertEquals("controller", source.status().copy());
    }
    try (PolicySource again = open()) {
      assertEquals("disk", again.status().copy());
      assertEquals(half.hash(), again.have());
      assertEquals(List.of("SamplingPolicy shop/a"), again.status().policyObjects());
    }
  }

  @Test
  void whatCannotBeUsedChangesNothingAndIsReported() {
    Bundle good = bundle("{default: {probability: 0.5}}");
    try (PolicySource source = open()) {
      source.take(good.hash(), good);
      acted.clear();
      Bundle broken = bundle("{policies: [{name: a, match: {hasErrors: true}, keep: true}]}");
      source.take(broken.hash(), broken);
      assertTrue(
          source.status().refused().startsWith("/policies/0/match/hasErrors: "),
          source.status().refused());
      assertEquals(source.status().refused(), source.report().refused());
      source.take("another", good);
      assertEquals("content and hash differ", source.status().refused());
      for (String budgets :
          List.of("[{name: odd, amount: 1}]", "[{name: a, amount: -1}]", "[{name: a}]")) {
        Bundle wrong =
            new Bundle(null, false, List.of(), json(budgets), List.of("SamplingBudget shop/b"));
        source.take(wrong.hash(), wrong);
        assertNotNull(source.status().refused(), budgets);
      }
      assertEquals(List.of(), acted);
      assertEquals(good.hash(), source.have());
      source.take(good.hash(), good);
      assertNull(source.status().refused());
    }
  }

  /** Others are counted by it: an object of one namespace must not make the cluster's look bad. */
  @Test
  void saysWhoseFaultARefusalIs() {
    JsonNode rules =
        json(
            "{policies: [{name: 'cluster:base/a', keep: true}, {name: shop/b, match: {hasErrors:"
                + " true}, keep: true}]}");
    List<String> both = List.of("ClusterSamplingPolicy base", "SamplingPolicy shop/shop");
    try (PolicySource source = open()) {
      Bundle rule = new Bundle(rules, false, both, null, List.of());
      source.take(rule.hash(), rule);
      assertEquals(List.of("SamplingPolicy shop/shop"), source.report().refusedObjects());
      JsonNode good = json("{default: {probability: 0.5}}");
      List<String> money = List.of("SamplingBudget shop/a", "SamplingBudget shop/b");
      JsonNode wrong = json("[{name: a, amount: 1}, {name: b, amount: -1}]");
      Bundle budget = new Bundle(good, false, both, wrong, money);
      source.take(budget.hash(), budget);
      assertEquals(List.of("SamplingBudget shop/b"), source.report().refusedObjects());
      Bundle lack = new Bundle(good, false, both, json("[{name: odd, amount: 1}]"), money);
      source.take(lack.hash(), lack);
      assertEquals(money, source.report().refusedObjects(), "the program cannot use such budgets");
      source.take("another", lack);
      assertEquals(List.of(), source.report().refusedObjects());
    }
  }

  @Test
  void budgetsBringADefaultThatLeavesThemSomethingToChoose() {
    Bundle money =
        new Bundle(
            null,
            false,
            List.of(),
            json("[{name: a, amount: '30'}]"),
            List.of("SamplingBudget shop/a"));
    try (PolicySource source = open()) {
      source.take(money.hash(), money);
      assertEquals(List.of("policy configuredtrue", "budgets 30"), acted);
      source.take(Bundle.EMPTY.hash(), Bundle.EMPTY);
      assertEquals("budgets configured", acted.getLast());
    }
  }

  @Test
  void aColdStartReadsWhatIsMountedAndADamagedCopyIsNotUsed() throws Exception {
    Path mounted =
        Files.writeString(folder.resolve("b.yaml"), "policies: []\ndefault: {probability: 0.25}\n");
    settings = settings(Map.of("SPANTHRIFT_CONTROLLER_BOOTSTRAP_FILE", mounted.toString()));
    assertEquals("bootstrap", first().copy());
    try (PolicySource source = open()) {
      assertEquals("", source.have());
      Bundle half = bundle("{default: {probability: 0.5}}");
      source.take(half.hash(), half);
    }
    assertEquals("disk", first().copy());
    Path copy = folder.resolve("state").resolve(BundleFile.FILE);
    Files.writeString(copy, Files.readString(copy).replace("0.5", "0.9"));
    assertEquals("bootstrap", first().copy());
    Files.writeString(mounted, "policies: 7");
    assertEquals("none", first().copy());
    // A whole bundle may be mounted too.
    Files.writeString(mounted, bundle("{default: {probability: 0.125}}").json().toString());
    assertEquals("bootstrap", first().copy());
    assertEquals(0.125, first().bundle().policy().path("default").path("probability").asDouble());
  }

  @Test
  void readsLabelsAsTheDownwardApiWritesThem() {
    assertEquals(
        Map.of("app", "cart", "team.example/x", "", "tier", "web"),
        PodLabels.parse("app=\"cart\"\nteam.example/x=\"\"\ntier=web\n\nnonsense\n"));
  }

  @Test
  void messagesOfANewerVersionAreReadAsFarAsTheyAreKnown() {
    assertEquals(
        new StreamMessage.Same("a"),
        StreamMessage.read("{\"type\":\"same\",\"hash\":\"a\",\"b\":1}"));
    assertNull(StreamMessage.read("{\"type\":\"sing\"}"));
    assertNull(StreamMessage.read("no"));
    assertFalse(new StreamMessage.Heartbeat().text().isEmpty());
  }
}
