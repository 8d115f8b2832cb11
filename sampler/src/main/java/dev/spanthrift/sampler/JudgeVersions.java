package dev.spanthrift.sampler;

import dev.spanthrift.sampler.wire.Batch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The judges that fragments in the hold began under: a change of policy acts from the next trace
 * on, whole.
 *
 * <p>A judge goes when its last fragment is decided. At most {@link #VERSIONS_MAX} live at once;
 * when policies change faster than fragments are decided, the newest one waits for a place: facts
 * that one judge has noted mean nothing to another.
 */
final class JudgeVersions {
  static final int VERSIONS_MAX = 64;
  private static final int NONE = -1;

  private @Nullable Judge[] judges = new Judge[4];
  private int[] fragments = new int[4];
  private int current;
  private @Nullable Judge waiting;

  JudgeVersions(Judge judge) {
    judges[0] = judge;
  }

  int current() {
    return current;
  }

  Judge get(int version) {
    Judge judge = judges[version];
    if (judge == null) {
      throw new IllegalStateException("no judge " + version);
    }
    return judge;
  }

  void retain(int version) {
    fragments[version]++;
  }

  void release(int version) {
    if (--fragments[version] == 0 && version != current) {
      judges[version] = null;
    }
  }

  void use(Judge judge) {
    int place = fragments[current] > 0 ? freePlace() : current;
    if (place == NONE) {
      waiting = judge;
    } else {
      waiting = null;
      current = place;
      judges[current] = judge;
    }
  }

  private int freePlace() {
    for (int i = 0; i < judges.length; i++) {
      if (judges[i] == null) {
        return i;
      }
    }
    int size = judges.length;
    if (size >= VERSIONS_MAX) {
      return NONE;
    }
    judges = Arrays.copyOf(judges, size * 2);
    fragments = Arrays.copyOf(fragments, size * 2);
    return size;
  }

  /** Whether a newer judge has no place yet. */
  boolean isWaiting() {
    return waiting != null;
  }

  void begin(Batch batch) {
    for (Judge judge : judges) {
      if (judge != null) {
        judge.begin(batch);
      }
    }
  }

  void tick(long now) {
    if (waiting != null) {
      use(waiting);
    }
    get(current).tick(now);
  }
}
