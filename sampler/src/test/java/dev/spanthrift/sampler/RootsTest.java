package dev.spanthrift.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.Action;
import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Policy;
import dev.spanthrift.sampler.policy.document.PolicyDocument;
import dev.spanthrift.sampler.trace.SliceCodec;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.FieldWriter;
import dev.spanthrift.sampler.wire.Scanner;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One meaning of root: no parent id, or one of zeros, as some SDKs write it. */
class RootsTest {
  private static final long SECOND = 1_000_000_000L;

  private final Scanner scanner = new Scanner(100);

  private static byte[] request(long traceId, byte[] parentId) {
    FieldWriter span = new FieldWriter().id(1, traceId, traceId).id(2, 7).bytes(4, parentId);
    FieldWriter scope = new FieldWriter().message(2, span);
    return new FieldWriter().message(1, new FieldWriter().message(2, scope)).toBytes();
  }

  private static final Map<byte[], Boolean> PARENTS = new LinkedHashMap<>();

  static {
    PARENTS.put(new byte[0], true);
    PARENTS.put(new byte[8], true);
    PARENTS.put(new byte[16], true);
    PARENTS.put(new byte[] {0, 0, 0, 0, 0, 0, 0, 1}, false);
    PARENTS.put(new byte[] {1, 0, 0, 0, 0, 0, 0, 0}, false);
    PARENTS.put(new byte[] {1}, false);
    PARENTS.put(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 9}, false);
  }

  @Test
  void countersPoliciesAndTheHoldAgreeWhatARootIs() {
    long id = 0;
    for (Map.Entry<byte[], Boolean> parent : PARENTS.entrySet()) {
      byte[] request = request(++id, parent.getKey());
      String what = "parent id of " + parent.getKey().length + " bytes, case " + id;
      long expected = parent.getValue() ? 1 : 0;
      Batch batch = scanner.scan(request, 0, request.length);
      assertEquals(expected == 0, batch.hasParent(0), what);
      Policy roots = new Policy("roots", new Condition.HasRootSpan(), Action.KEEP);
      PolicySet set = PolicySet.compile(new PolicyDocument(List.of(roots), Action.DROP));
      Sampler sampler =
          new Sampler(SamplerSettings.DEFAULT, new PolicyJudge(set), SliceCodec.deflate());
      sampler.hold(batch, SECOND);
      assertEquals(expected, sampler.counts().receivedRoots(), what);
      sampler.decide(5 * SECOND);
      assertEquals(1 - expected, sampler.counts().held(), what + ": a root waits for no parent");
      sampler.decideAll(6 * SECOND);
      assertEquals(expected, sampler.counts().kept(), what);
    }
  }

  @Test
  void whatGoesPastTheSamplerCountsItsRootsToo() {
    PolicySet set = PolicySet.compile(PolicyDocument.EMPTY);
    Sampler sampler =
        new Sampler(SamplerSettings.DEFAULT, new PolicyJudge(set), SliceCodec.deflate());
    for (Map.Entry<byte[], Boolean> parent : PARENTS.entrySet()) {
      byte[] request = request(9, parent.getKey());
      sampler.pass(scanner.scan(request, 0, request.length));
    }
    assertEquals(3, sampler.counts().receivedRoots());
    assertEquals(PARENTS.size(), sampler.counts().kept());
  }
}
