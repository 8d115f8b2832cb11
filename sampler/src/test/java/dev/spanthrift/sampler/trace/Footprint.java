package dev.spanthrift.sampler.trace;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

/** Bytes of all arrays that are reached from an object of ours, each counted once. */
final class Footprint {
  private static final int HEADER = 16;

  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Object> open = new ArrayDeque<>();
  private long bytes;

  static long of(Object root) throws IllegalAccessException {
    Footprint footprint = new Footprint();
    footprint.visit(root);
    while (!footprint.open.isEmpty()) {
      footprint.look(footprint.open.pop());
    }
    return footprint.bytes;
  }

  private void visit(Object object) {
    if (object != null && seen.add(object)) {
      open.push(object);
    }
  }

  private void look(Object object) throws IllegalAccessException {
    Class<?> type = object.getClass();
    if (type.isArray()) {
      lookIntoArray(object, type.getComponentType());
      return;
    }
    for (Class<?> c = type; c != null && c.getName().startsWith("dev."); c = c.getSuperclass()) {
      for (Field field : c.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
          field.setAccessible(true);
          visit(field.get(object));
        }
      }
    }
  }

  private void lookIntoArray(Object array, Class<?> of) {
    int length = Array.getLength(array);
    bytes += HEADER + (long) length * width(of);
    if (!of.isPrimitive()) {
      for (int i = 0; i < length; i++) {
        visit(Array.get(array, i));
      }
    }
  }

  private static int width(Class<?> of) {
    if (of == long.class || of == double.class) {
      return 8;
    }
    return of == byte.class || of == boolean.class ? 1 : 4; // references are compressed
  }
}
