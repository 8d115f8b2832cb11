package dev.spanthrift.agent.collector.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.spanthrift.agent.collector.reading.Remark;
import dev.spanthrift.agent.config.policy.PolicyParser;
import dev.spanthrift.agent.config.settings.SettingsLoader;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.sampler.PolicyJudge;
import dev.spanthrift.sampler.Sampler;
import dev.spanthrift.sampler.SamplerSettings;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.trace.HoldSettings;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Scanner;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Refinery's rules keep what they kept there; what they cannot is named. */
class RefineryTest {
  private static final String FRAME =
      """
      RulesVersion: 2
      Samplers:
        __default__:
          RulesBasedSampler:
            Rules:
              - {Name: asked, SampleRate: 1, Conditions: [{Field: f, %s}]}
              - {Name: rest, Drop: true}
      """;

  @TempDir Path folder;

  private Import imported(String text, String environment) throws Exception {
    Path file = Files.writeString(folder.resolve("rules.yaml"), text);
    return Import.read(file, Map.of(), environment);
  }

  private List<String> refused(String name, String text, String environment) throws Exception {
    Path file = Files.writeString(folder.resolve(name), text);
    SettingsException refused =
        assertThrows(SettingsException.class, () -> Import.read(file, Map.of(), environment), text);
    return refused.problems().stream().map(Object::toString).toList();
  }

  /** Which of these values of f the condition keeps; null stands for a span without f. */
  private List<Object> kept(String condition, Object... values) throws Exception {
    Import imported = imported(FRAME.formatted(condition), null);
    assertEquals(List.of(), imported.remarks().stream().filter(Remark::lost).toList(), condition);
    PolicySet policies =
        PolicySet.compile(
            PolicyParser.parse(
                SettingsLoader.load(imported.text(), "imported", Map.of()).settings()));
    List<Object> kept = new ArrayList<>();
    for (Object value : values) {
      Sampler sampler =
          new Sampler(
              new SamplerSettings(
                  HoldSettings.DEFAULT.withDecisionWait(Duration.ofSeconds(1)), 1000, false, 4),
              new PolicyJudge(policies),
              SliceCodec.deflate());
      byte[] bytes = request(value).toByteArray();
      sampler.hold(new Scanner(100).scan(bytes, 0, bytes.length), 0);
      sampler.decide(Duration.ofSeconds(1).toNanos());
      sampler.stamp();
      if (sampler.ship().length > 0) {
        kept.add(value);
      }
    }
    return kept;
  }

  private static ExportTraceServiceRequest request(Object value) {
    Span.Builder span =
        Span.newBuilder()
            .setTraceId(
                ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7}))
            .setSpanId(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}))
            .setName("work");
    AnyValue.Builder any = AnyValue.newBuilder();
    switch (value) {
      case null -> {}
      case String text -> any.setStringValue(text);
      case Integer number -> any.setIntValue(number);
      case Double number -> any.setDoubleValue(number);
      case Boolean flag -> any.setBoolValue(flag);
      default -> throw new IllegalArgumentException("" + value);
    }
    if (value != null) {
      span.addAttributesBuilder().setKey("f").setValue(any);
    }
    ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
    request.addResourceSpansBuilder().addScopeSpansBuilder().addSpans(span);
    return request.build();
  }

  @Test
  void datatypeIntComparesTextsAndNumbersAsWholeNumbers() throws Exception {
    Object[] values = {
      "503", "499", "500", "1200", "-5", "x", "503.5", 503, 499, 499.9, 500.5, true, null
    };
    assertEquals(
        List.of("503", "500", "1200", 503, 500.5),
        kept("Operator: '>=', Value: 500, Datatype: int", values));
    assertEquals(
        List.of("503", "500", "1200", 503, 500.5),
        kept("Operator: '>=', Value: \"500\", Datatype: int", values));
    assertEquals(
        List.of("499", "-5", 499, 499.9), kept("Operator: '<', Value: 500, Datatype: int", values));
    assertEquals(List.of("500", 500.5), kept("Operator: '=', Value: 500, Datatype: int", values));
    assertEquals(
        List.of("503", "499", "1200", "-5", 503, 499, 499.9),
        kept("Operator: '!=', Value: 500, Datatype: int", values));
    assertEquals(
        List.of("503", "500", 503, 500.5),
        kept("Operator: in, Value: [500, 503], Datatype: int", values));
  }

  @Test
  void datatypeFloatComparesTextsWithAPoint() throws Exception {
    Object[] values = {"0.75", "0.5", "0.50", "0.05", "-1", "2", "x", 0.75, 1, 0, null};
    assertEquals(
        List.of("0.75", "2", 0.75, 1), kept("Operator: '>', Value: 0.5, Datatype: float", values));
    assertEquals(
        List.of("0.5", "0.50"), kept("Operator: '=', Value: 0.5, Datatype: float", values));
    assertEquals(
        List.of("0.5", "0.50", "0.05", "-1", 0),
        kept("Operator: '<=', Value: 0.5, Datatype: float", values));
  }

  @Test
  void datatypeBoolTakesTheWordsOfGo() throws Exception {
    Object[] values = {"true", "TRUE", "1", "t", "yes", "false", "", true, false, 1, 2, null};
    List<Object> yes = List.of("true", "TRUE", "1", "t", true, 1);
    List<Object> no = List.of("yes", "false", "", false, 2);
    assertEquals(yes, kept("Operator: '=', Value: true, Datatype: bool", values));
    assertEquals(no, kept("Operator: '=', Value: false, Datatype: bool", values));
    assertEquals(no, kept("Operator: '!=', Value: \"true\", Datatype: bool", values));
  }

  @Test
  void datatypeStringComparesNumbersAsTexts() throws Exception {
    Object[] values = {"503", "5030", 503, 503.5, true, null};
    assertEquals(List.of("503", 503), kept("Operator: '=', Value: 503, Datatype: string", values));
    List<Object> others = new ArrayList<>(List.of("5030", 503.5, true));
    others.add(null);
    assertEquals(others, kept("Operator: '!=', Value: 503, Datatype: string", values));
  }

  @Test
  void withoutADatatypeTextsAreNoNumbers() throws Exception {
    Object[] values = {"503", 503, 503.0, null};
    assertEquals(List.of(503, 503.0), kept("Operator: '>=', Value: 500", values));
    assertEquals(List.of("503"), kept("Operator: '=', Value: \"503\"", values));
    assertEquals(List.of(), kept("Operator: '!=', Value: 503", values));
  }

  @Test
  void whatNoConditionOfOursAsksIsNamedAndItsRuleLeftOut() throws Exception {
    for (String condition :
        List.of(
            "Operator: '>', Value: abc",
            "Operator: '<', Value: abc, Datatype: string",
            "Operator: '>', Value: true, Datatype: bool")) {
      Import imported = imported(FRAME.formatted(condition), null);
      assertEquals(List.of(Remark.Kind.LOSS), imported.lost().stream().map(Remark::kind).toList());
      assertTrue(imported.lost().getFirst().reason().contains("no condition asks f"));
    }
  }

  @Test
  void computedFieldsAreNeverReadAsAttributesThatNobodyHas() throws Exception {
    for (String field :
        List.of(
            "meta.span_count",
            "meta.annotation_type",
            "?.SOMETHING",
            "root.meta.refinery.reason")) {
      String rules =
          FRAME.formatted("Operator: exists").replace("Field: f", "Field: '" + field + "'");
      Import imported = imported(rules, null);
      assertTrue(
          imported.lost().stream().anyMatch(remark -> remark.reason().contains(field)), field);
      assertTrue(
          imported
              .text()
              .lines()
              .filter(line -> !line.startsWith("#"))
              .noneMatch(line -> line.contains(field)),
          imported::text);
    }
  }

  @Test
  void anEnvironmentIsChosenByItsName() throws Exception {
    String rules =
        """
        RulesVersion: 2
        Samplers:
          __default__: {DeterministicSampler: {SampleRate: 8}}
          prod: {DeterministicSampler: {SampleRate: 4}}
          staging: {DeterministicSampler: {SampleRate: 2}}
        """;
    assertEquals(0.25, imported(rules, "prod").settings().get("defaultProbability"));
    Import byDefault = imported(rules, null);
    assertEquals(0.125, byDefault.settings().get("defaultProbability"));
    assertTrue(
        byDefault
            .lost()
            .getFirst()
            .reason()
            .contains("--environment chooses those of prod, staging"),
        byDefault.lost()::toString);
    List<String> unknown = refused("rules.yaml", rules, "produ");
    assertTrue(
        unknown.getFirst().contains("no rules of environment \"produ\"; did you mean prod?"),
        unknown::toString);
    List<String> none = refused("rules.yaml", rules.replace("__default__", "other"), null);
    assertTrue(
        none.getFirst().contains("--environment with one of other, prod, staging"), none::toString);
  }

  @Test
  void rulesOfVersionOneAreRefusedByName() throws Exception {
    String toml =
        """
        DryRun = true
        Sampler = "DeterministicSampler"
        SampleRate = 1

        [dataset1]
          Sampler = "DynamicSampler"
          FieldList = ["request.method","response.status_code"]
        """;
    for (String name : List.of("rules.toml", "rules.yaml")) {
      List<String> problems = refused(name, toml, null);
      assertEquals(1, problems.size(), problems::toString);
      assertTrue(problems.getFirst().contains("TOML of version 1"), problems::toString);
    }
    List<String> old =
        refused(
            "rules.yaml",
            "RulesVersion: 1\nSamplers: {__default__: {DeterministicSampler: {SampleRate: 1}}}",
            null);
    assertTrue(old.getFirst().contains("version 2"), old::toString);
    List<String> config =
        refused("config.yaml", "General: {ConfigurationVersion: 2}\nNetwork: {}", null);
    assertTrue(config.getFirst().contains("its config.yaml, without rules"), config::toString);
  }

  @Test
  void typosAndWrongValuesAreRefused() throws Exception {
    for (String[] one :
        new String[][] {
          {"Operator: '=', Valeu: 5", "did you mean Value?"},
          {"Operator: '==', Value: 5", "\"==\" is none of them"},
          {"Operator: '=', Value: 5, Datatype: integer", "did you mean int?"},
          {"Operator: '>', Value: many, Datatype: int", "a whole number"},
          {"Operator: matches, Value: '('", "\"(\" is no regular expression"},
          {"Fields: [a, b], Operator: exists", "either Field or Fields"},
        }) {
      List<String> problems = refused("rules.yaml", FRAME.formatted(one[0]), null);
      assertTrue(problems.getFirst().contains(one[1]), problems::toString);
    }
    List<String> sampler =
        refused(
            "rules.yaml",
            "RulesVersion: 2\nSamplers: {__default__: {DeterministcSampler: {SampleRate: 8}}}",
            null);
    assertTrue(
        sampler.getFirst().contains("did you mean DeterministicSampler?"), sampler::toString);
  }

  @Test
  void aRulesSamplerGoesBeforeItsDrop() throws Exception {
    Import imported =
        imported(
            """
            RulesVersion: 2
            Samplers:
              __default__:
                RulesBasedSampler:
                  Rules:
                    - {Name: r, Drop: true, Sampler: {DeterministicSampler: {SampleRate: 4}}}
            """,
            null);
    assertEquals(
        List.of(Map.of("name", "r", "probability", 0.25)), imported.settings().get("policies"));
  }
}
