package dev.spanthrift.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.spanthrift.agent.pipeline.Pipeline;
import dev.spanthrift.agent.pipeline.PipelineSettings;
import dev.spanthrift.agent.pipeline.PipelineStatus;
import dev.spanthrift.sampler.BudgetParts;
import dev.spanthrift.sampler.LearnedState;
import dev.spanthrift.sampler.PolicyJudge;
import dev.spanthrift.sampler.budget.allocation.AllocationSettings;
import dev.spanthrift.sampler.budget.allocation.Allowance;
import dev.spanthrift.sampler.budget.allocation.FleetSums;
import dev.spanthrift.sampler.budget.ledger.InProcessKeepLedger;
import dev.spanthrift.sampler.budget.price.PriceOf;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.wire.Signal;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of what was learned, with the real pipeline at both ends of a restart. */
class LearnedFileTest {
  private final Random random = new Random(5);
  @TempDir Path folder;

  private static Pipeline pipeline() {
    BudgetParts budget =
        new BudgetParts(
            AllocationSettings.DEFAULT,
            new Allowance.ShareOfTraffic(.1),
            PriceOf.BYTES,
            new InProcessKeepLedger(true, Duration.ofSeconds(30), 10_000),
            FleetSums.inProcess(),
            "self");
    PolicySet policies = PolicySet.compile(new PolicyDocument(List.of(), Action.BUDGET));
    return new Pipeline(PipelineSettings.DEFAULT, new PolicyJudge(policies), budget, List.of());
  }

  private void send(Pipeline pipeline, int traces) {
    ScopeSpans.Builder spans = ScopeSpans.newBuilder();
    for (int i = 0; i < traces; i++) {
      byte[] id = new byte[16];
      random.nextBytes(id);
      spans.addSpans(
          Span.newBuilder()
              .setTraceId(ByteString.copyFrom(id))
              .setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(7).flip()))
              .setName("operation " + (char) ('a' + i % 20))
              .setStartTimeUnixNano(1_000_000_000)
              .setEndTimeUnixNano(1_005_000_000));
    }
    byte[] request =
        ExportTraceServiceRequest.newBuilder()
            .addResourceSpans(ResourceSpans.newBuilder().addScopeSpans(spans))
            .build()
            .toByteArray();
    pipeline.offer(Signal.TRACES, request, 0, request.length);
  }

  private PipelineStatus.Learned saved() {
    Pipeline first = pipeline();
    try (LearnedFile file = LearnedFile.open(folder, first)) {
      send(first, 400);
      first.drain(Duration.ofSeconds(1));
      assertEquals(0, first.status().learned().snapshotsIgnored());
    }
    return first.status().learned();
  }

  private PipelineStatus.Learned reopened() {
    Pipeline next = pipeline();
    LearnedFile.open(folder, next).close();
    return next.status().learned();
  }

  @Test
  void s4_whatWasLearnedSurvivesARestart() {
    PipelineStatus.Learned before = saved();
    assertEquals(20, before.operations());
    assertEquals(20, before.edges());
    assertEquals(20, before.paths());
    PipelineStatus.Learned after = reopened();
    assertEquals(before.operations(), after.operations());
    assertEquals(before.edges(), after.edges());
    assertEquals(before.paths(), after.paths());
    assertEquals(0, after.snapshotsIgnored());
  }

  @Test
  void aDamagedFileIsIgnoredCountedAndReplaced() throws Exception {
    saved();
    Path file = folder.resolve("learned.bin");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 4;
    Files.write(file, bytes);
    PipelineStatus.Learned learned = reopened();
    assertEquals(0, learned.operations());
    assertEquals(1, learned.snapshotsIgnored());
    assertEquals(0, reopened().snapshotsIgnored(), "the next one is good again");
  }

  @Test
  void aFileThatIsTooLargeOrNoFileAtAllIsIgnoredAndCounted() throws Exception {
    Path file = folder.resolve("learned.bin");
    try (var large =
        Files.newByteChannel(
            file,
            java.util.Set.of(
                java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.WRITE))) {
      large.position(LearnedState.BYTES_MAX + 1L);
      large.write(ByteBuffer.wrap(new byte[1]));
    }
    assertEquals(1, reopened().snapshotsIgnored());
    Files.delete(file);
    Files.createDirectories(file.resolve("folder"));
    assertEquals(1, reopened().snapshotsIgnored());
  }

  @Test
  void aFolderThatCannotBeWrittenEndsNothing() throws Exception {
    Path noFolder = Files.writeString(folder.resolve("file"), "");
    Pipeline pipeline = pipeline();
    LearnedFile.open(noFolder, pipeline).close();
    assertFalse(Files.isDirectory(noFolder));
    assertTrue(pipeline.status().learned().bytes() > 0);
  }
}
