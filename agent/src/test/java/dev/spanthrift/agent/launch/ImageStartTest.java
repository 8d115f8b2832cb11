package dev.spanthrift.agent.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code ImageIT} of the cluster's module starts it for real. */
class ImageStartTest {
  @Test
  void otherFlagsStandWhereTheFileOfMemoryStood() {
    assertEquals(
        List.of(
            "java", "@/x/flags", "-Xmx1m", "-Da=b", "-Dspanthrift.start=again", "Main", "@/memory"),
        ImageStart.words(
            List.of("java", "@/x/flags", "@/x/memory", "Main", "@/memory"),
            List.of("-Xmx1m", "-Da=b")));
  }

  @Test
  void aCommandLineOfOnesOwnIsLeftAlone() {
    assertThrows(
        IllegalStateException.class,
        () -> ImageStart.words(List.of("java", "-jar", "spanthrift.jar"), List.of("-Xmx1m")));
  }

  @Test
  void outsideOfAnImageNothingIsLookedAt() {
    ImageStart.claimMemory(Map.of("SPANTHRIFT_MEMORY", "nonsense")); // returns
  }
}
