package dev.spanthrift.agent.control.alert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.pipeline.FleetStatus;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Of fifty sidecars that see the same, one tells it. */
class FleetVoiceTest {
  private long now = 1_000_000;
  private int asked;
  private CompletableFuture<List<FleetStatus.Member>> members = members("b", "a", "c");

  private static CompletableFuture<List<FleetStatus.Member>> members(String... pods) {
    return CompletableFuture.completedFuture(
        Stream.of(pods)
            .map(pod -> new FleetStatus.Member(pod, 1, "", "", "", 0, 0, 0, 0, 0, null, null))
            .toList());
  }

  private FleetVoice of(String pod) {
    FleetStatus status =
        new FleetStatus(
            "default",
            pod,
            "",
            false,
            0,
            "",
            3,
            true,
            1,
            1,
            new FleetStatus.EngineTraffic(0, 0, 0, 0, 0, 0, 0),
            Map.of(),
            new FleetStatus.Wholeness(0, 0, null, null, 0, 0),
            "");
    return new FleetVoice(
        () -> status,
        () -> {
          asked++;
          return members;
        },
        () -> now);
  }

  @Test
  void theFirstByNameSpeaks() {
    assertTrue(of("a").speaks());
    assertFalse(of("b").speaks());
    assertTrue(new FleetVoice(() -> null, () -> members, () -> now).speaks(), "without a fleet");
  }

  @Test
  void theNextOneSpeaksWhenItLeavesAndNobodyIsAskedTwiceAMinute() {
    FleetVoice second = of("b");
    assertFalse(second.speaks());
    members = members("b", "c");
    now += 59_999;
    assertFalse(second.speaks());
    assertEquals(1, asked);
    now += 1;
    assertTrue(second.speaks());
  }

  @Test
  void everybodySpeaksWhenTheMembersCannotBeRead() {
    members = new CompletableFuture<>();
    FleetVoice second = of("b");
    assertFalse(second.speaks(), "not answered yet");
    members.completeExceptionally(new IOException("away"));
    assertTrue(second.speaks());
  }
}
