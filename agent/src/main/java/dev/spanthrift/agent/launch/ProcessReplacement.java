package dev.spanthrift.agent.launch;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/** execv(3): this process becomes another program, and keeps its id and its environment. */
final class ProcessReplacement {
  private ProcessReplacement() {}

  /** Returns only by an exception. */
  static void become(String program, List<String> words) {
    Linker linker = Linker.nativeLinker();
    MemorySegment address =
        linker
            .defaultLookup()
            .find("execv")
            .orElseThrow(() -> new IllegalStateException("this system has no execv"));
    MethodHandle execv =
        linker.downcallHandle(
            address,
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment list = arena.allocate(ValueLayout.ADDRESS, words.size() + 1L);
      for (int i = 0; i < words.size(); i++) {
        list.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(words.get(i)));
      }
      list.setAtIndex(ValueLayout.ADDRESS, words.size(), MemorySegment.NULL);
      System.out.flush();
      System.err.flush();
      int code = (int) execv.invokeExact(arena.allocateFrom(program), list);
      throw new IllegalStateException("execv of " + program + " gave " + code);
    } catch (IllegalStateException e) {
      throw e;
    } catch (Throwable e) { // invokeExact declares no less
      throw new IllegalStateException("execv of " + program, e);
    }
  }
}
