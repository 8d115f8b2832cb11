package dev.spanthrift.agent.collector.ottl;

import dev.spanthrift.agent.collector.ottl.value.OttlKind;
import dev.spanthrift.agent.collector.ottl.value.OttlValues;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Bytes;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Failure;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Items;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Opaque;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Pairs;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Functions of lists and maps, and those that ask what a value is. */
final class ListFunctions {
  private ListFunctions() {}

  private static List<@Nullable Object> items(@Nullable Object argument) {
    return ((Items) Objects.requireNonNull(argument)).items();
  }

  static @Nullable Object coalesce(@Nullable Object[] arguments) {
    return items(arguments[0]).stream().filter(Objects::nonNull).findFirst().orElse(null);
  }

  static Object contains(@Nullable Object[] arguments) {
    return position(items(arguments[0]), arguments[1]) >= 0;
  }

  private static long position(List<@Nullable Object> items, @Nullable Object wanted) {
    for (int i = 0; i < items.size(); i++) {
      if (OttlMath.compare(items.get(i), Ottl.Operator.EQUAL, wanted)) {
        return i;
      }
    }
    return -1;
  }

  /** Of a text inside a text, in bytes, or of an item in a list; −1 when it is not there. */
  static Object index(@Nullable Object[] arguments) {
    if (arguments[0] instanceof String text) {
      if (!(arguments[1] instanceof String wanted)) {
        return Failure.INPUT;
      }
      int at = text.indexOf(wanted);
      return at < 0 ? -1L : (long) TextFunctions.utf8(text.substring(0, at)).length;
    }
    return arguments[0] instanceof Items list
        ? (Object) position(list.items(), arguments[1])
        : Failure.TYPE;
  }

  static Object keys(@Nullable Object[] arguments) {
    Pairs pairs = (Pairs) Objects.requireNonNull(arguments[0]);
    return new Items(new ArrayList<>(pairs.keys()), false);
  }

  static Object values(@Nullable Object[] arguments) {
    return new Items(((Pairs) Objects.requireNonNull(arguments[0])).values(), false);
  }

  static Object length(@Nullable Object[] arguments) {
    return switch (arguments[0]) {
      case String text -> (long) TextFunctions.utf8(text).length;
      case Bytes bytes -> (long) bytes.bytes().length;
      case Items list -> (long) list.items().size();
      case Pairs pairs -> (long) pairs.keys().size();
      case Opaque all when !all.name().equals("status") -> (long) all.size();
      case null, default -> Failure.INPUT;
    };
  }

  static Object is(@Nullable Object value, OttlKind kind) {
    return !(kind.of(value) instanceof Failure);
  }

  static Object isList(@Nullable Object[] arguments) {
    return arguments[0] instanceof Items
        || (arguments[0] instanceof Opaque all && !all.name().equals("status"));
  }

  /** Whether it is nil, has no items, or is its type's zero. */
  static Object isEmpty(@Nullable Object[] arguments) {
    return switch (arguments[0]) {
      case null -> true;
      case String text -> text.isEmpty();
      case Long whole -> whole == 0;
      case Double number -> Double.doubleToRawLongBits(number) == 0;
      case Boolean flag -> !flag;
      case Bytes bytes -> bytes.bytes().length == 0;
      case Items list -> list.items().isEmpty();
      case Pairs pairs -> pairs.keys().isEmpty();
      case OttlValues.Nanos nanos -> nanos.value() == 0;
      case OttlValues.Id id -> HashFunctions.isZero(id);
      default -> false;
    };
  }
}
