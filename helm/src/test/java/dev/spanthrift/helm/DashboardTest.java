package dev.spanthrift.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The dashboard as an object; whether its metrics exist is asked of a running program elsewhere.
 */
class DashboardTest {
  private static final String ON = "dashboard: {enabled: true, annotations: {grafana_folder: T}}";

  /** Own purses under sum, a shared one under max, budgets apart. */
  private static final Pattern MONEY =
      Pattern.compile(
          "sum by \\(budget, period, currency\\) \\("
              + "(spanthrift_budget_[a-z]+)\\{[^}]*, scope=\"sidecar\"}"
              + " or max by \\(namespace, budget, period, currency\\) \\("
              + "\\1\\{[^}]*, scope=\"fleet\"}\\)\\)");

  @Test
  void isAConfigMapThatGrafanaFinds() {
    JsonObject map = configMap(Chart.render(Chart.SIDECAR, ON));
    assertEquals("demo-spanthrift-dashboard", Rendered.text(map, "metadata.name"));
    assertEquals(
        "1",
        Rendered.at(map, "metadata.labels")
            .getAsJsonObject()
            .get("grafana_dashboard")
            .getAsString());
    assertEquals("T", Rendered.text(map, "metadata.annotations.grafana_folder"));
  }

  @Test
  void theClustersProgramsHaveOneWhereTheyAre() {
    JsonObject sidecar =
        Rendered.at(configMap(Chart.render(Chart.SIDECAR, ON)), "data").getAsJsonObject();
    assertEquals(Set.of("spanthrift.json"), sidecar.keySet());
    JsonObject cluster =
        Rendered.at(configMap(Chart.render(Chart.CLUSTER, ON)), "data").getAsJsonObject();
    assertEquals(Set.of("spanthrift.json", "spanthrift-cluster.json"), cluster.keySet());
  }

  @Test
  void panelsDoNotOverlapAndEachHasATitleAndAQuery() {
    for (JsonObject dashboard : List.of(dashboard(), clusterDashboard())) {
      Set<String> taken = new HashSet<>();
      Set<String> titles = new HashSet<>();
      Set<String> ids = new HashSet<>();
      for (JsonElement panel : Rendered.at(dashboard, "panels").getAsJsonArray()) {
        assertTrue(titles.add(Rendered.text(panel, "title")), panel::toString);
        assertTrue(ids.add(Rendered.at(panel, "id").toString()), panel::toString);
        assertTrue(!Rendered.at(panel, "targets").getAsJsonArray().isEmpty(), panel::toString);
        for (String cell : cells(Rendered.at(panel, "gridPos"))) {
          assertTrue(taken.add(cell), () -> cell + " is taken already: " + panel);
        }
      }
      assertTrue(titles.size() >= 10, titles::toString);
    }
  }

  /** Of Grafana's grid, which has 24 columns. */
  private static List<String> cells(JsonElement at) {
    int left = Rendered.at(at, "x").getAsInt();
    int top = Rendered.at(at, "y").getAsInt();
    List<String> cells = new ArrayList<>();
    for (int x = left; x < left + Rendered.at(at, "w").getAsInt(); x++) {
      assertTrue(x < 24, at::toString);
      for (int y = top; y < top + Rendered.at(at, "h").getAsInt(); y++) {
        cells.add(x + "/" + y);
      }
    }
    return cells;
  }

  /**
   * A fleet's pods all tell the fleet's one purse, and budgets differ in period and currency: what
   * adds them all up shows ten times the money where there are ten pods.
   */
  @Test
  void moneyIsAddedUpOnlyWhereItIsAPodsOwn() {
    int queries = 0;
    for (JsonElement from : List.of(dashboard(), clusterDashboard(), alerts())) {
      for (String query : Queries.of(from)) {
        if (query.contains("spanthrift_budget_")) {
          assertTrue(MONEY.matcher(query).matches(), query);
          queries++;
        }
      }
    }
    assertTrue(queries >= 3, "saved, spent, budget");
  }

  private static JsonObject alerts() {
    return Chart.render(Chart.CLUSTER, "prometheusRule: {enabled: true}").only("PrometheusRule");
  }

  @Test
  void everyQueryLooksAtThePodsThatAreChosen() {
    for (JsonObject dashboard : List.of(dashboard(), clusterDashboard())) {
      for (String query : Queries.of(dashboard)) {
        for (String part : query.split("(?=spanthrift_)")) {
          assertTrue(
              !part.startsWith("spanthrift_")
                  || part.contains("namespace=~\"$namespace\", pod=~\"$pod\""),
              query);
        }
      }
    }
  }

  /** Of sidecars. */
  static JsonObject dashboard() {
    return dashboard(Chart.SIDECAR, "spanthrift.json");
  }

  /** Of injector and controller. */
  static JsonObject clusterDashboard() {
    return dashboard(Chart.CLUSTER, "spanthrift-cluster.json");
  }

  private static JsonObject dashboard(String chart, String file) {
    JsonObject map = configMap(Chart.render(chart, ON));
    return JsonParser.parseString(
            Rendered.at(map, "data").getAsJsonObject().get(file).getAsString())
        .getAsJsonObject();
  }

  private static JsonObject configMap(Rendered rendered) {
    List<JsonObject> found =
        rendered.objects().stream()
            .filter(o -> Rendered.text(o, "metadata.name").endsWith("-dashboard"))
            .toList();
    assertEquals(1, found.size());
    return found.getFirst();
  }
}
