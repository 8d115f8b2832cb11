package dev.spanthrift.agent.collector.peer;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a real Collector 0.161.0 with {@code probabilistic_sampler} kept of single spans, and with
 * what trace state: every mode, precision, priorities, ids and trace states that are invalid.
 */
class ProbabilisticVerdictsTest {
  private static final String RECORD = "verdicts/probabilistic.tsv";
  private static final int COUNT = 150;
  private static final String[] STATES = {
    "",
    "",
    "",
    "ot=th:8",
    "ot=th:80",
    "ot=th:0",
    "ot=th:ffffffffffffff",
    "ot=rv:fedcba98765432",
    "ot=rv:00000000000001;th:0",
    "ot=rv:ABCDEF01234567;th:8;x:1",
    "ot=th:c;y:2.a-b_C;rv:f0000000000000",
    "vendor=a,ot=th:4, k = v",
    "k=v,k2=w",
    "k=v,k=w",
    "ot=th:8,ot=th:4",
    "ot=th:",
    "ot=th:xyz",
    "ot=th:123456789012345",
    "ot=rv:123",
    "ot=rv:fedcba98765432;rv:1",
    "ot=th:8;",
    "ot=a b",
    "ot=UP:1",
    "ot=x:1",
    "ot=",
    "BAD=1",
    "nothing",
    " k=v ,, ot=th:2 ",
    "a@b=1,1t@sys=2",
    "t@1s=2",
  };

  @TempDir Path folder;

  private static List<ExportTraceServiceRequest> requests() {
    Random random = new Random(20_261_130);
    List<ExportTraceServiceRequest> requests = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      byte[] id = new byte[16];
      random.nextBytes(id);
      Span.Builder span =
          Span.newBuilder()
              .setTraceId(i % 50 == 49 ? ByteString.EMPTY : ByteString.copyFrom(id))
              .setSpanId(ByteString.copyFrom(ByteBuffer.allocate(8).putLong(i + 1).flip()))
              .setName("s")
              .setTraceState(state(i, random));
      if (i % 5 == 0) {
        span.addAttributesBuilder().setKey("sampling.priority").setValue(priority(random));
      }
      ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
      request.addResourceSpansBuilder().addScopeSpansBuilder().addSpans(span);
      requests.add(request.build());
    }
    return requests;
  }

  private static String state(int index, Random random) {
    return switch (index) {
      case 31 -> members(31);
      case 32 -> members(32);
      case 33 -> "k=" + "v".repeat(256);
      case 34 -> "k=" + "v".repeat(257);
      case 35 -> "a".repeat(257) + "=v";
      case 36 -> members(31) + ",".repeat(5);
      case 37 -> "ot=" + "x:1;".repeat(63) + "th:8";
      case 38 -> ("k" + "=" + "v".repeat(250) + ",").repeat(4) + "z=" + "v".repeat(40);
      default -> index % 3 == 0 ? "" : STATES[random.nextInt(STATES.length)];
    };
  }

  private static String members(int count) {
    StringBuilder list = new StringBuilder("ot=th:1");
    for (int i = 1; i < count; i++) {
      list.append(",k").append(i).append("=v");
    }
    return list.toString();
  }

  private static AnyValue priority(Random random) {
    AnyValue.Builder value = AnyValue.newBuilder();
    return switch (random.nextInt(9)) {
      case 0 -> value.setIntValue(0).build();
      case 1 -> value.setIntValue(1).build();
      case 2 -> value.setIntValue(-1).build();
      case 3 -> value.setDoubleValue(0.5).build();
      case 4 -> value.setDoubleValue(0).build();
      case 5 -> value.setStringValue("1").build();
      case 6 -> value.setStringValue("0x0p0").build();
      case 7 -> value.setStringValue(" 1").build();
      default -> value.setBoolValue(true).build();
    };
  }

  private static List<PeerCase> cases() {
    List<PeerCase> cases = new ArrayList<>();
    for (String mode : new String[] {"", "hash_seed", "equalizing", "proportional"}) {
      for (double percentage :
          new double[] {0, 1e-13, 0.004, 0.5, 10, 33.3, 50, 99.9, 99.9999, 100, 250}) {
        for (boolean closed : new boolean[] {true, false}) {
          cases.add(of(mode, percentage, closed, "sampling_precision", 4));
        }
      }
    }
    for (String mode : new String[] {"equalizing", "proportional"}) {
      for (int precision : new int[] {1, 2, 3, 8, 14}) {
        cases.add(of(mode, 33.3, true, "sampling_precision", precision));
        cases.add(of(mode, 0.01, false, "sampling_precision", precision));
      }
    }
    cases.add(of("hash_seed", 50, true, "hash_seed", 22));
    cases.add(of("", 50, true, "hash_seed", 4_294_967_295L));
    cases.add(of("hash_seed", 50, true, "from_attribute", "a"));
    cases.add(of("hash_seed", 50, true, "attribute_source", "record"));
    cases.add(of("hash_seed", 50, true, "attribute_source", "nowhere"));
    cases.add(of("equalizing", 50, true, "sampling_priority", "p"));
    cases.add(of("equalizing", 50, true, "sampling_precision", 0));
    cases.add(of("equalizing", 50, true, "sampling_precision", 15));
    cases.add(of("hash_seed", -1, true, "hash_seed", 1));
    cases.add(of("hash_seed", 1e-15, true, "hash_seed", 1));
    cases.add(of("hashing", 10, true, "hash_seed", 1));
    cases.add(of("hash_seed", 10, true, "hash_seed", -1));
    return cases;
  }

  private static PeerCase of(
      String mode, double percentage, boolean closed, String key, Object value) {
    Map<String, Object> settings = new LinkedHashMap<>();
    if (!mode.isEmpty()) {
      settings.put("mode", mode);
    }
    settings.put("sampling_percentage", percentage);
    settings.put("fail_closed", closed);
    settings.put(key, value);
    return PeerCase.probabilistic(settings.toString(), settings);
  }

  @Test
  void everySpanIsKeptWithTheTraceStateThatTheCollectorGivesIt() {
    Verdicts.compare(RECORD, folder, cases(), requests());
  }

  @Test
  @EnabledIfSystemProperty(named = "collector.peer", matches = ".+")
  void theRecordIsWhatTheCollectorKeeps() throws Exception {
    Verdicts.record(RECORD, folder, cases(), requests());
  }
}
