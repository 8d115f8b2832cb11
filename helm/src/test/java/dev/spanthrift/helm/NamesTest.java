package dev.spanthrift.helm;

import static dev.spanthrift.helm.Rendered.at;
import static dev.spanthrift.helm.Rendered.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import org.junit.jupiter.api.Test;

/** Names, labels and images as users override them. */
class NamesTest {
  private static String name(Rendered rendered) {
    return text(rendered.deployment(), "metadata.name");
  }

  @Test
  void theReleaseAndTheChartMakeTheName() {
    assertEquals("demo-spanthrift", name(Chart.render(Chart.GATEWAY)));
  }

  @Test
  void aReleaseThatNamesTheChartIsNotNamedTwice() {
    assertEquals("my-spanthrift", name(Chart.renderAs("my-spanthrift", Chart.GATEWAY)));
  }

  @Test
  void nameOverrideReplacesTheChartsPart() {
    Rendered rendered = Chart.render(Chart.GATEWAY, "nameOverride: traces");
    assertEquals("demo-traces", name(rendered));
    assertEquals(
        "traces",
        at(rendered.deployment(), "spec.selector.matchLabels")
            .getAsJsonObject()
            .get("app.kubernetes.io/name")
            .getAsString());
  }

  @Test
  void fullnameOverrideReplacesEveryObjectsName() {
    Rendered rendered =
        Chart.render(
            Chart.GATEWAY,
            """
            fullnameOverride: traces
            podDisruptionBudget: {enabled: true}
            autoscaling: {enabled: true}
            networkPolicy: {enabled: true}
            serviceMonitor: {enabled: true}
            """);
    assertEquals(8, rendered.objects().size());
    for (JsonObject object : rendered.objects()) {
      assertEquals("traces", text(object, "metadata.name"));
    }
    assertEquals("traces", text(rendered.pod(), "volumes.0.configMap.name"));
    assertEquals("traces", text(rendered.pod(), "serviceAccountName"));
  }

  @Test
  void longNamesEndAt63CharactersAndNeverInAHyphen() {
    String release = "a".repeat(43) + "-bcdefgh"; // 51, of the 53 that Helm allows
    String chart = "x".repeat(10) + "-" + "y".repeat(40);
    String name = name(Chart.renderAs(release, Chart.GATEWAY, "nameOverride: " + chart));
    assertEquals(release + "-" + "x".repeat(10), name, "the hyphen at 63 is gone");
    assertTrue(name.length() <= 63);
  }

  @Test
  void everyObjectIsInTheNamespaceThatIsAskedFor() {
    for (JsonObject object : Chart.render(Chart.SIDECAR).objects()) {
      assertEquals("shop", text(object, "metadata.namespace"));
    }
    for (JsonObject object : Chart.render(Chart.SIDECAR, "namespaceOverride: other").objects()) {
      assertEquals("other", text(object, "metadata.namespace"));
    }
  }

  @Test
  void commonLabelsReachEveryObjectButNoSelector() {
    Rendered rendered =
        Chart.render(Chart.GATEWAY, "commonLabels: {team: shop, app.kubernetes.io/instance: mine}");
    for (JsonObject object : rendered.objects()) {
      JsonObject labels = at(object, "metadata.labels").getAsJsonObject();
      assertEquals("shop", labels.get("team").getAsString());
      assertEquals("demo", labels.get("app.kubernetes.io/instance").getAsString());
    }
    assertFalse(
        at(rendered.deployment(), "spec.selector.matchLabels").getAsJsonObject().has("team"));
  }

  @Test
  void theSelectorIsPartOfThePodsLabelsWhateverTheUserAdds() {
    Rendered rendered =
        Chart.render(Chart.SIDECAR, "podLabels: {app.kubernetes.io/name: mine, a: b}");
    JsonObject labels =
        at(rendered.deployment(), "spec.template.metadata.labels").getAsJsonObject();
    JsonObject selector = at(rendered.deployment(), "spec.selector.matchLabels").getAsJsonObject();
    assertTrue(labels.entrySet().containsAll(selector.entrySet()));
    assertEquals("b", labels.get("a").getAsString());
  }

  @Test
  void anImageIsNamedByVersionTagOrDigest() {
    assertEquals("spanthrift:0.1.0", text(Chart.render(Chart.GATEWAY).spanthrift(), "image"));
    String other = "image: {registry: r.example.com, repository: o/s, tag: '2'}";
    assertEquals(
        "r.example.com/o/s:2", text(Chart.render(Chart.GATEWAY, other).spanthrift(), "image"));
    String digest = "sha256:" + "0".repeat(64);
    assertEquals(
        "r.example.com/o/s@" + digest,
        text(
            Chart.render(Chart.GATEWAY, other, "image: {digest: '" + digest + "'}").spanthrift(),
            "image"));
  }

  @Test
  void anExistingServiceAccountIsUsedAndNotMade() {
    Rendered rendered = Chart.render(Chart.GATEWAY, "serviceAccount: {create: false, name: ours}");
    assertEquals("ours", text(rendered.pod(), "serviceAccountName"));
    assertFalse(rendered.kinds().contains("ServiceAccount"));
    Rendered none = Chart.render(Chart.GATEWAY, "serviceAccount: {create: false}");
    assertEquals("default", text(none.pod(), "serviceAccountName"));
  }
}
