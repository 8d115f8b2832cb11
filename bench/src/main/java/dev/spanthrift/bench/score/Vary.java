package dev.spanthrift.bench.score;

import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;

/** Settings with one component changed, as {@code base=.2} or {@code shares.error=.4}. */
final class Vary {
  private Vary() {}

  static AllocationSettings with(AllocationSettings settings, List<String> changes) {
    AllocationSettings changed = settings;
    for (String change : changes) {
      changed = with(changed, change);
    }
    return changed;
  }

  private static AllocationSettings with(AllocationSettings settings, String change) {
    int equals = change.indexOf('=');
    String[] path = change.substring(0, equals).split("\\.");
    return (AllocationSettings) with((Record) settings, path, 0, change.substring(equals + 1));
  }

  private static Record with(Record record, String[] path, int depth, String value) {
    RecordComponent[] components = record.getClass().getRecordComponents();
    Object[] values = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    boolean found = false;
    try {
      for (int i = 0; i < components.length; i++) {
        types[i] = components[i].getType();
        values[i] = components[i].getAccessor().invoke(record);
        if (components[i].getName().equals(path[depth])) {
          found = true;
          values[i] =
              depth + 1 < path.length
                  ? with((Record) values[i], path, depth + 1, value)
                  : parse(types[i], value);
        }
      }
      if (!found) {
        throw new IllegalArgumentException("no setting " + String.join(".", path));
      }
      return record.getClass().getDeclaredConstructor(types).newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("cannot set " + String.join(".", path), e);
    }
  }

  private static Object parse(Class<?> type, String value) {
    if (type == double.class) {
      return Double.parseDouble(value);
    }
    if (type == boolean.class) {
      return Boolean.parseBoolean(value);
    }
    return type == int.class
        ? (Object) Integer.parseInt(value)
        : (Object) Duration.ofMillis((long) (Double.parseDouble(value) * 1000));
  }
}
