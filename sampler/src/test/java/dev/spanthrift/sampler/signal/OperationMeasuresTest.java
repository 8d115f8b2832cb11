package dev.spanthrift.sampler.signal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OperationMeasuresTest {
  private static final long SEED = Long.getLong("seed", 1);

  private final Operations operations = new Operations();

  private static long hash(String service) {
    byte[] bytes = service.getBytes(StandardCharsets.UTF_8);
    return StableHash.of(bytes, 0, bytes.length);
  }

  private int operation(String service, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return operations.intern(hash(service), bytes, 0, bytes.length);
  }

  @Test
  void everyDurationFallsIntoTheBucketOfTheSpecification() {
    Random random = new Random(SEED);
    for (int i = 0; i < 200_000; i++) {
      long value = Math.max(1, random.nextLong() >>> 1 + random.nextInt(63));
      int index = OperationMeasures.index(value);
      double octaves = Math.log(value) / Math.log(2) * OperationMeasures.STEPS;
      assertEquals(Math.ceil(octaves) - 1, index, 1, "" + value);
      double lower = Math.pow(2, (double) index / OperationMeasures.STEPS);
      double upper = Math.pow(2, (index + 1.0) / OperationMeasures.STEPS);
      assertTrue(lower < value * (1 + 1e-12) && value <= upper * (1 + 1e-12), value + " " + index);
    }
    for (int exponent = 0; exponent < 62; exponent++) {
      assertEquals(exponent * 4 - 1, OperationMeasures.index(1L << exponent), "inclusive above");
    }
    assertEquals(4 * 10, OperationMeasures.index((1 << 10) + 1));
  }

  @Test
  void countsRateErrorsAndDurationsOfEachOperation() {
    OperationMeasures measures = new OperationMeasures(operations);
    int pay = operation("shop", "POST /pay/17");
    int list = operation("shop", "GET /list");
    measures.measure(pay, "shop", true, 1000, 100);
    measures.measure(operation("shop", "POST /pay/18"), "shop", false, 1025, 100);
    measures.measure(pay, "shop", false, 0, 100);
    measures.measure(pay, "shop", false, Long.MAX_VALUE, 100);
    measures.measure(list, "shop", true, 1, 100);
    List<MeasuredOperation> read = measures.read();
    assertEquals(2, read.size());
    MeasuredOperation first = read.getFirst();
    assertEquals("shop", first.service());
    assertEquals("POST /pay/{}", first.operation());
    assertEquals(4, first.spans());
    assertEquals(1, first.errors());
    assertEquals(1, first.zeros());
    assertEquals(2, first.within(10));
    assertEquals(3, first.within(11));
    assertEquals(4, first.within(63));
    assertEquals(2025.0 + Long.MAX_VALUE, first.durationSumNanos(), 1e6);
    assertEquals(1, read.getLast().within(0));
  }

  @Test
  void moreOperationsThanMayBeShareOne() {
    OperationMeasures measures = new OperationMeasures(operations, 20);
    long spans = 0;
    for (String name : List.of("a", "b", "c", "d", "e")) {
      for (String service : List.of("one", "two", "three", "four", "five", "six")) {
        for (int turn = 0; turn < 3; turn++) {
          measures.measure(operation(service, name), service, turn == 0, 5, 100);
          spans++;
        }
      }
    }
    List<MeasuredOperation> read = measures.read();
    assertEquals(21, read.size());
    assertEquals(OperationMeasures.OTHER, read.getLast().operation());
    assertEquals(30, read.getLast().spans());
    assertEquals(10, read.getLast().errors());
    assertEquals(spans, read.stream().mapToLong(MeasuredOperation::spans).sum());
  }

  @Test
  void operationsThatShareAnIdAreOther() {
    Operations few = new Operations(8);
    OperationMeasures measures = new OperationMeasures(few);
    for (int i = 0; i < 1000; i++) {
      byte[] name =
          ("op" + (char) ('a' + i % 26) + (char) ('a' + i / 26)).getBytes(StandardCharsets.UTF_8);
      int id = few.intern(hash("s" + i), name, 0, name.length);
      measures.measure(id, "s" + i, false, 1, 100);
    }
    List<MeasuredOperation> read = measures.read();
    assertEquals(9, read.size());
    assertEquals(992, read.getLast().spans());
    assertEquals(OperationMeasures.OTHER, read.getLast().service());
  }
}
