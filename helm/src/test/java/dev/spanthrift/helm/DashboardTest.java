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

/** The dashboard as an object; whether its metrics exist is asked of a running program elsewhere. */
class DashboardTest {
  private static final String ON = "dashboard: {enabled: true, annotations: {grafana_folder: T}}";

  @Test
  void isAConfigMapThatGrafanaFinds() {
    JsonObject map = configMap(Chart.render(Chart.SIDECAR, ON));
    assertEquals("demo-spanthrift-dashboard", Rendered.text(map, "metadata.name"));
    assertEquals(
        "1", Rendered.at(map, "metadata.labels").getAsJsonObject().get("grafana_dashboard").getAsString());
    assertEquals("T", Rendered.text(map, "metadata.annotations.grafana_folder"));
  }

  @Test
  void panelsDoNotOverlapAndEachHasATitleAndAQuery() {
    Set<String> taken = new HashSet<>();
    Set<String> titles = new HashSet<>();
    for (JsonElement panel : Rendered.at(dashboard(), "panels").getAsJsonArray()) {
      assertTrue(titles.add(Rendered.text(panel, "title")), panel::toString);
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

  @Test
  void everyQueryLooksAtThePodsThatAreChosen() {
    for (String query : Queries.of(dashboard())) {
      assertTrue(query.contains("namespace=~\"$namespace\", pod=~\"$pod\""), query);
    }
  }

  static JsonObject dashboard() {
    JsonObject map = configMap(Chart.render(Chart.SIDECAR, ON));
    return JsonParser.parseString(
            Rendered.at(map, "data").getAsJsonObject().get("spanthrift.json").getAsString())
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
