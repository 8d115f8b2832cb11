package dev.spanthrift.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The dashboard as an object; whether its metrics exist is asked of a running program elsewhere.
 */
class DashboardTest {
  private static final String ON = "dashboard: {enabled: true, annotations: {grafana_folder: T}}";

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
        JsonElement at = Rendered.at(panel, "gridPos");
        for (int x = 0; x < Rendered.at(at, "w").getAsInt(); x++) {
          int column = Rendered.at(at, "x").getAsInt() + x;
          assertTrue(column < 24, panel::toString);
          assertTrue(taken.add(column + "/" + Rendered.at(at, "y")), panel::toString);
        }
      }
      assertTrue(titles.size() >= 10, titles::toString);
    }
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
