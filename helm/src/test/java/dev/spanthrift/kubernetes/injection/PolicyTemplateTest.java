package dev.spanthrift.kubernetes.injection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The admission policy is made from the injector. */
class PolicyTemplateTest {
  private static final Path FILE = Path.of("spanthrift/templates/cluster/_injected.tpl");

  @Test
  void theChartHasWhatTheInjectorMakesOfIt() throws IOException {
    String text = new PolicyTemplate().text();
    if (Boolean.getBoolean("helm.update")) {
      Files.writeString(FILE, text);
    }
    assertEquals(Files.readString(FILE), text, "-Dhelm.update=true writes it anew");
  }

  /** A reason that is new has to be given its place in the policy too. */
  @Test
  void everyReasonToSkipHasItsPlaceInThePolicy() throws IOException {
    String policy = Files.readString(FILE.resolveSibling("policy.yaml"));
    Set<String> conditions =
        Pattern.compile("    - name: (\\S+)\n")
            .matcher(
                policy.substring(
                    policy.indexOf("  matchConditions:"), policy.indexOf("  variables:")))
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> expected = new TreeSet<>();
    for (SkipReason reason : SkipReason.values()) {
      String place =
          switch (reason) {
            case NOT_ENABLED, OPTED_OUT -> "\"DoesNotExist\"";
            case OTHER_REVISION -> "key: " + Names.REVISION_LABEL;
            case SYSTEM_NAMESPACE -> "spanthrift.injected.closedNamespaces";
            case ALREADY_INJECTED,
                HOST_NETWORK,
                STATIC_POD,
                WINDOWS,
                VIRTUAL_NODE,
                PORT_TAKEN,
                NAME_TAKEN,
                NO_CONTAINER ->
                reason.word();
            case INVALID_OPTION -> reason.word(); // its label; its annotations: usable
            case NO_UPSTREAM -> "- name: usable";
            case NO_NATIVE_SIDECARS, UNREADABLE -> ""; // not on such a cluster, and not a pod
            case ENDPOINT_NOT_TAKEABLE -> ""; // the policy takes nothing over
          };
      if (place.equals(reason.word())) {
        expected.add(place);
      }
      assertTrue(policy.contains(place), place);
    }
    assertEquals(expected, conditions);
  }
}
