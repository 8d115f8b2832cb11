package dev.spanthrift.agent.config.settings;

import dev.spanthrift.agent.config.yaml.SettingProblem;
import dev.spanthrift.agent.config.yaml.SettingsException;
import dev.spanthrift.agent.config.yaml.YamlNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a configuration with mistakes in it as far as it goes: what is wrong is left out, and the
 * default holds in its place, until what remains can be used.
 *
 * <p>Where a mistake would send spans elsewhere or unprotected, there is no default that is right,
 * and the start ends as it does without leniency.
 */
final class LenientLoader {
  private static final int ROUNDS_MAX = 100;

  /** Keys of a destination that are only tuning. */
  private static final Set<String> TUNING =
      Set.of("timeout", "queueBytesMax", "requestsMax", "retryFor", "compression");

  private final SettingsLoader.AlsoChecked alsoChecked;
  private final Map<String, String> environment;
  private final List<SettingProblem> unread;
  private final List<SettingProblem> leftOut = new ArrayList<>();
  private @Nullable YamlNode root;

  LenientLoader(
      @Nullable YamlNode root,
      Map<String, String> environment,
      List<SettingProblem> unread,
      SettingsLoader.AlsoChecked alsoChecked) {
    this.root = root;
    this.environment = new HashMap<>(environment);
    this.alsoChecked = alsoChecked;
    this.unread = unread;
  }

  SettingsLoader.Loaded load() throws SettingsException {
    if (root == null) {
      leftOut.addAll(unread); // all of the file
    } else {
      for (SettingProblem problem : unread) {
        if (!leaveOut(List.of(problem))) {
          throw new SettingsException(unread);
        }
      }
    }
    for (int round = 0; ; round++) {
      try {
        SettingsLoader.Loaded loaded = SettingsLoader.load(root, environment, new ArrayList<>());
        alsoChecked.check(loaded.settings());
        return new SettingsLoader.Loaded(
            loaded.settings(), loaded.warnings(), loaded.given(), List.copyOf(leftOut));
      } catch (SettingsException e) {
        if (round == ROUNDS_MAX || !leaveOut(e.problems())) {
          throw e;
        }
      }
    }
  }

  private boolean leaveOut(List<SettingProblem> problems) {
    for (SettingProblem problem : problems) {
      if (decidesWhereSpansGo(problem.key())) {
        return false;
      }
    }
    for (SettingProblem problem : problems) {
      if (environment.remove(problem.where()) != null || remove(problem.key())) {
        leftOut.add(problem); // one at a time, because the rest may have other indexes now
        return true;
      }
    }
    return false;
  }

  private static boolean decidesWhereSpansGo(String key) {
    String path = key.replaceAll("\\[[0-9]+]", "[]");
    boolean ofDestination =
        Keys.all().stream()
            .filter(k -> k.startsWith("destinations") && (path + ".").startsWith(k + "."))
            .anyMatch(k -> !TUNING.contains(k.substring(k.lastIndexOf('.') + 1)));
    return key.startsWith("listen.tls")
        || saysWhoMayWhat(key)
        || ofDestination
        || (key.startsWith("OTEL_") && !key.endsWith("_TIMEOUT") && !key.endsWith("_COMPRESSION"));
  }

  /** Left out, each of these would let somebody in whom it keeps out. */
  private static boolean saysWhoMayWhat(String key) {
    return key.startsWith("admin.tls")
        || key.startsWith("admin.jwt")
        || key.equals("admin.readers");
  }

  /** The value at a path; where there is none, the element of a list that it should be in. */
  private boolean remove(String path) {
    String[] steps = path.replace("[", ".[").split("\\.", -1);
    YamlNode pruned = Pruned.without(root, steps);
    for (int length = steps.length - 1; pruned == root && length > 0; length--) {
      if (steps[length - 1].startsWith("[")) {
        pruned = Pruned.without(root, Arrays.copyOf(steps, length));
      }
    }
    boolean changed = pruned != root;
    root = pruned;
    return changed;
  }
}
