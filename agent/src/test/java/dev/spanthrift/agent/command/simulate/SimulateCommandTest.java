package dev.spanthrift.agent.command.simulate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.command.Console;
import dev.spanthrift.agent.recording.Recordings;
import dev.spanthrift.agent.simulation.MadeTraffic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SimulateCommandTest {
  private static final String ERRORS =
      """
      policies:
        - {name: errors, match: {status: ERROR}, keep: true}
      default: {budget: true}
      """;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void record() throws Exception {
    MadeTraffic traffic = new MadeTraffic(88, 800);
    file = Recordings.write(folder, traffic.recorded(), traffic.flushNanos());
  }

  private Console simulate(String... options) {
    String[] all = new String[options.length + 3];
    all[0] = "simulate";
    all[1] = "--recording";
    all[2] = file.toString();
    System.arraycopy(options, 0, all, 3, options.length);
    return Console.run(Map.of(), all);
  }

  private String policy(String text) throws Exception {
    return Files.writeString(folder.resolve("policy.yaml"), text).toString();
  }

  /** The numbers differ, the words and columns do not. */
  @Test
  void s8_theTableHasItsShape() throws Exception {
    Console console = simulate("--policy", policy(ERRORS), "--budget", "10%");
    assertEquals(0, console.code(), console.err());
    List<String> shape =
        Arrays.stream(console.out().split("\n"))
            .map(
                line ->
                    line.replaceAll("[-+]?[0-9]([0-9.,]*[0-9])?|\\?", "#").replaceAll("  +", "  "))
            .map(String::stripTrailing)
            .filter(line -> !line.isEmpty())
            .toList();
    assertTrue(shape.contains("# requests, # s of traffic, # sources, # samplers"), console.out());
    assertTrue(shape.contains("  traces  spans  MB"), console.out());
    assertTrue(shape.contains("received  #  #  #"), console.out());
    assertTrue(shape.contains("kept  #  #  #"), console.out());
    assertTrue(shape.contains("  kept by errors  #  #  #"), console.out());
    assertTrue(shape.contains("  dropped by budget  #  #  #"), console.out());
    assertTrue(shape.contains("# % of the bytes; cost # USD instead of #, saved #"), console.out());
    assertTrue(
        shape.contains(
            "of these, # points are kept by policies whatever the budget; it chose # points"),
        console.out());
    assertTrue(shape.contains("whole traces # of # kept (# %)"), console.out());
    assertTrue(
        shape.contains("error traces # of # kept (# %); error signatures #, lost #"),
        console.out());
    assertTrue(shape.contains("operation  spans  kept  count  p#  p#  p#"), console.out());
    assertTrue(console.out().contains("bank op a"), console.out());
  }

  @Test
  void s8_aBudgetThatPoliciesOvershootIsShownAndEveryReasonIsExplained() throws Exception {
    Console console =
        simulate(
            "--policy", policy("policies: [{name: most, probability: 0.6}]"), "--budget", "1%");
    assertFalse(console.out().contains("whatever the budget"), "the budget was not asked");
    console =
        simulate(
            "--policy",
            policy("policies: [{name: bank, match: {service: bank}, keep: true}]"),
            "--budget",
            "5%");
    String out = console.out();
    Matcher said =
        Pattern.compile("of these, ([0-9.]+) points are kept by policies.*chose ([0-9.]+) p")
            .matcher(out);
    assertTrue(said.find(), out);
    double policies = Double.parseDouble(said.group(1));
    assertTrue(policies > 5, out);
    Matcher share = Pattern.compile("([0-9.]+) % of the bytes").matcher(out);
    assertTrue(share.find(), out);
    assertEquals(
        Double.parseDouble(share.group(1)), policies + Double.parseDouble(said.group(2)), 0.2, out);
    String legend = out.substring(out.indexOf("reasons that are not names of policies:"));
    for (String line : out.split("\n")) {
      Matcher reason = Pattern.compile("  (?:kept|dropped) by (\\S+) .*").matcher(line);
      if (reason.matches() && !reason.group(1).equals("bank")) {
        assertTrue(legend.contains("  " + reason.group(1) + ": "), line + " in " + legend);
      }
    }
  }

  @Test
  void s8_jsonSaysAllOfIt() throws Exception {
    Console console = simulate("--policy", policy(ERRORS), "--budget", "10%", "-o", "json");
    assertEquals(0, console.code(), console.err());
    JsonNode answer = JsonMapper.shared().readTree(console.out());
    assertEquals(
        List.of(
            "requests",
            "sources",
            "samplers",
            "seconds",
            "received",
            "kept",
            "shareOfBytes",
            "cost",
            "budgets",
            "wholeTraces",
            "keptByReason",
            "droppedByReason",
            "errors",
            "operations",
            "warnings"),
        List.copyOf(answer.propertyNames()));
    assertEquals(800, answer.at("/received/traces").asInt());
    JsonNode operation = answer.at("/operations/0");
    assertEquals(
        List.of(
            "service", "name", "keptSpans", "keptTraces", "worst", "count", "p50", "p95", "p99"),
        List.copyOf(operation.propertyNames()));
    assertEquals(
        List.of("estimate", "standardError", "low", "high"),
        List.copyOf(operation.at("/p95/estimated").propertyNames()));
  }

  @Test
  void s8_compareShowsBothAndTheDifference() throws Exception {
    String other =
        Files.writeString(folder.resolve("other.json"), "{\"default\": {\"keep\": true}}")
            .toString();
    Console table = simulate("--policy", policy(ERRORS), "--budget", "10%", "--compare", other);
    assertEquals(0, table.code(), table.err());
    assertTrue(table.out().contains("kept traces by errors"), table.out());
    assertTrue(table.out().contains("compare: warning: no policy leaves"), table.out());
    Console json =
        simulate("--policy", policy(ERRORS), "--budget", "10%", "--compare", other, "-o", "json");
    JsonNode both = JsonMapper.shared().readTree(json.out());
    assertEquals(800, both.at("/compare/kept/traces").asInt());
    assertEquals(
        800 - both.at("/policy/kept/traces").asInt(), both.at("/difference/traces").asInt());
  }

  private String config(String text) throws Exception {
    return Files.writeString(folder.resolve("spanthrift.yaml"), text).toString();
  }

  @Test
  void s8_moneyIsCountedByThePriceModelOfTheConfiguration() throws Exception {
    JsonNode plain = JsonMapper.shared().readTree(simulate("--budget", "10%", "-o", "json").out());
    assertEquals("USD", plain.at("/cost/currency").asString());
    double bytes = plain.at("/received/bytes").asDouble();
    assertEquals(bytes * 0.5e-9, plain.at("/cost/received").asDouble(), 1e-12);

    String euros = config("price: {perGb: 4, currency: EUR}");
    Console console = simulate("--budget", "10%", "-o", "json", "--config", euros);
    JsonNode other = JsonMapper.shared().readTree(console.out());
    assertEquals("EUR", other.at("/cost/currency").asString(), console.err());
    assertEquals(bytes * 4e-9, other.at("/cost/received").asDouble(), 1e-12);

    String model = config("price: {model: gcp-cloud-trace}");
    console = simulate("--budget", "10%", "-o", "json", "--config", model);
    JsonNode perSpan = JsonMapper.shared().readTree(console.out());
    double each = perSpan.at("/cost/received").asDouble() / perSpan.at("/received/spans").asInt();
    assertEquals(0.2e-6, each, 1e-12, "0.20 USD a million spans, whatever their bytes");
    double keptEach = perSpan.at("/cost/kept").asDouble() / perSpan.at("/kept/spans").asInt();
    assertEquals(0.2e-6, keptEach, 1e-12);
  }

  @Test
  void s8_aWrongConfigurationFailsWithItsPlace() throws Exception {
    assertFails(simulate("--config", config("price: {model: grafana}")), "grafana-cloud-traces");
    assertFails(simulate("--config", config("price: {perGb: -1}")), "price.perGb");
  }

  @Test
  void s8_spansAreHeldAsTheConfigurationSays() throws Exception {
    String patient = config("hold: {decisionWait: 1h}");
    Console usual = simulate("--budget", "10%", "-o", "json");
    Console held = simulate("--budget", "10%", "-o", "json", "--config", patient);
    assertEquals(0, held.code(), held.err());
    assertFalse(usual.out().equals(held.out()), "all is decided at the end, at one moment");
  }

  @Test
  void s8_anotherSeedIsAnotherDraw() {
    String one = simulate("--budget", "10%", "-o", "json").out();
    assertEquals(one, simulate("--budget", "10%", "-o", "json").out());
    assertFalse(one.equals(simulate("--budget", "10%", "-o", "json", "--seed", "5").out()));
  }

  @Test
  void s8_badRecordingsFailWithAWord() throws Exception {
    Files.delete(folder.resolve("requests.csv.gz"));
    byte[] whole = Files.readAllBytes(file);
    file = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, whole.length / 2));
    assertFails(simulate(), "cut: ");
    file = Files.write(folder.resolve("empty"), new byte[0]);
    assertFails(simulate(), "empty: holds no request");
    file = Files.writeString(folder.resolve("other"), "hello, this is no recording at all");
    assertFails(simulate(), "other: ");
    file = folder;
    assertFails(simulate(), ": is a folder; give the path of a file");
    file = folder.resolve("absent");
    assertFails(simulate(), "absent: no such file; give the path of one");
  }

  private static void assertFails(Console console, String words) {
    assertEquals(1, console.code(), console.err());
    assertTrue(console.err().contains(words), console.err());
    assertEquals("", console.out());
  }

  @Test
  void s8_badPoliciesFailWithTheirPlace() throws Exception {
    assertFails(simulate("--policy", folder.resolve("none.yaml").toString()), "none.yaml: no such");
    assertFails(simulate("--policy", policy("policies: [")), "not YAML");
    assertFails(simulate("--policy", policy("just words")), "has the keys policies and default");
    assertFails(simulate("--policy", policy("policies:\n- {name: a, keeep: true}")), "/policies/0");
    assertFails(simulate("--policy", policy("default: {probability: 7}")), "/default");
  }

  @Test
  void s8_aWholeConfigurationIsAPolicyToo() throws Exception {
    String policies = "policies: [{name: some, match: {kind: INTERNAL}, drop: true}]\n";
    String other =
        "destinations: [{name: b, endpoint: 'http://b:1', headers: {a: '${env:UNSET_ONE}'}}]\n"
            + "hold: {pause: 2s}\n";
    Console document = simulate("--policy", policy(policies + "default: {probability: 0.25}\n"));
    Console whole = simulate("--policy", policy(policies + "defaultProbability: 0.25\n" + other));
    assertEquals(0, whole.code(), whole.err());
    assertEquals(document.out(), whole.out());
    assertEquals("", document.err());
    assertTrue(
        whole
            .err()
            .contains(
                "is a whole configuration: policies and defaultProbability are used,"
                    + " not destinations, hold (--config takes those)"),
        whole.err());
    Console compared =
        simulate("--compare", policy("defaultProbability: 0.5\n" + other), "-o", "json");
    assertEquals(0, compared.code(), compared.err());
  }

  @Test
  void s8_aWholeConfigurationWithAWrongKeyFailsWithItsLine() throws Exception {
    assertFails(
        simulate("--policy", policy("listen: {}\ndefualtProbability: 0.1\n")),
        "policy.yaml:2): unknown key; did you mean defaultProbability?");
    assertFails(
        simulate("--policy", policy("listen: {}\ndefault: {probability: 0.1}\n")),
        "policy.yaml:2): unknown key; did you mean defaultProbability: 0.1, without a section?");
    assertFails(
        simulate("--policy", policy("listen: {}\ndefaultProbability: much\n")),
        "defaultProbability = much (");
  }

  @Test
  void s8_badOptionsAreAUsageError() {
    assertEquals(2, simulate("--budget", "much").code());
    assertEquals(2, simulate("--pods", "many").code());
    assertEquals(2, simulate("--price-per-gb", "-1").code());
    assertEquals(2, simulate("--price-per-gb", "1", "--currency", "dollars").code());
    assertEquals(2, simulate("--currency", "EUR").code(), "which belongs to a price");
    assertEquals(2, Console.run(Map.of(), "simulate").code());
    assertEquals(2, simulate("--live", "http://127.0.0.1:4321").code());
    assertEquals(2, Console.run(Map.of(), "simulate", "--live", "here").code());
  }

  @Test
  void s8_policiesAndBudgetsOfTheConfigurationAreAskedWith() throws Exception {
    // 800 traces of about 0.7 KB in 40 s: some 0.0003 USD, of which a ninetieth of 0.0036 is
    // allowed
    String given =
        config(
            """
            price: {perGb: 0.50}
            policies:
              - {name: failed, match: {status: ERROR}, keep: true}
            budgets:
              - {name: all, amount: 0.0036, period: hour}
              - {name: carts, amount: 0.1, period: day, scope: {service.name: cart}}
            """);
    Console console = simulate("--config", given, "-o", "json");
    assertEquals(0, console.code(), console.err());
    JsonNode answer = JsonMapper.shared().readTree(console.out());
    assertTrue(answer.at("/keptByReason").has("failed"), console.out());
    JsonNode all = answer.at("/budgets/0");
    assertEquals("all", all.at("/name").asString());
    assertEquals(0.0036, all.at("/amount").asDouble());
    assertEquals(
        0.0036 * answer.at("/seconds").asDouble() / 3600, all.at("/allowed").asDouble(), 1e-9);
    assertEquals(answer.at("/cost/received").asDouble(), all.at("/received").asDouble(), 1e-9);
    assertEquals(answer.at("/cost/kept").asDouble(), all.at("/spent").asDouble(), 1e-9);
    JsonNode carts = answer.at("/budgets/1");
    assertEquals("cart", carts.at("/scope/service.name").asString());
    assertTrue(carts.at("/spent").asDouble() < all.at("/spent").asDouble(), console.out());
    assertTrue(carts.at("/spent").asDouble() > 0, console.out());
    assertTrue(all.at("/spent").asDouble() < all.at("/received").asDouble() * 0.9, console.out());
    assertTrue(
        simulate("--config", given).out().contains("budget carts: spent 0.0000"),
        "the table says it too");
  }

  @Test
  void onePriceIsShownWhereAnAllotmentMakesTheBillLessThanTheListPrice() throws Exception {
    String given =
        config("{price: {model: grafana-cloud-traces}, budgets: [{amount: 300, period: month}]}");
    Console console = simulate("--config", given, "-o", "json");
    assertEquals(0, console.code(), console.err());
    JsonNode answer = JsonMapper.shared().readTree(console.out());
    assertEquals(
        answer.at("/budgets/0/received").asDouble(), answer.at("/cost/received").asDouble());
    assertEquals(answer.at("/budgets/0/spent").asDouble(), answer.at("/cost/kept").asDouble());
    assertTrue(answer.at("/warnings").toString().contains("money is by the bill"));
  }

  @Test
  void s8_optionsBeatTheConfiguration() throws Exception {
    String given =
        config("{defaultProbability: 0.5, budgets: [{name: all, amount: 0.001, period: hour}]}");
    Console console =
        simulate("--config", given, "--policy", policy(ERRORS), "--budget", "10%", "-o", "json");
    assertEquals(0, console.code(), console.err());
    JsonNode answer = JsonMapper.shared().readTree(console.out());
    assertTrue(answer.at("/keptByReason").has("errors"), console.out());
    assertEquals(0, answer.at("/budgets").size(), console.out());
    JsonNode half = JsonMapper.shared().readTree(simulate("--config", given, "-o", "json").out());
    assertEquals(400, half.at("/kept/traces").asInt(), 80);
    assertTrue(half.at("/warnings").toString().contains("no policy leaves anything"));
  }

  @Test
  void s8_anAllotmentIsFreeInVirtualTimeToo() throws Exception {
    String given =
        config(
            "{price: {model: gcp-cloud-trace}, budgets: [{name: all, amount: 1, period: month}]}");
    Console console = simulate("--config", given, "-o", "json");
    assertEquals(0, console.code(), console.err());
    JsonNode answer = JsonMapper.shared().readTree(console.out());
    assertEquals(0, answer.at("/cost/kept").asDouble(), "one price, which is the bill's");
    assertTrue(answer.at("/warnings").toString().contains("beyond it the list price is paid"));
    assertEquals(0, answer.at("/budgets/0/spent").asDouble(), "2.5 million spans are included");
    assertTrue(answer.at("/kept/traces").asInt() < 790, "the month's traffic would not be");
  }
}
