package dev.spanthrift.agent.collector.tail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Hashes, accept counts and buckets, against published or independently calculated numbers. */
class DrawsTest {
  @Test
  void hashesAsTheAuthorsOfFnvPublished() {
    assertEquals(0xcbf29ce484222325L, Fnv.begin(""));
    assertEquals(0xaf63dc4c8601ec8cL, Fnv.begin("a"));
    assertEquals(0x85944171f73967e8L, Fnv.begin("foobar"));
  }

  @Test
  void goesOnWithTheTraceIdByteByByte() {
    long high = 0x6162636465666768L; // abcdefgh
    long low = 0x696a6b6c6d6e6f70L; // ijklmnop
    assertEquals(Fnv.begin("saltabcdefghijklmnop"), Fnv.end(Fnv.begin("salt"), high, low));
  }

  @Test
  void calculatesTheThresholdExactly() {
    assertEquals(0, Fnv.threshold(0));
    assertEquals(0, Fnv.threshold(-5));
    assertEquals(-1L, Fnv.threshold(100));
    assertEquals(-1L, Fnv.threshold(250));
    assertEquals(0x7fffffffffffffffL, Fnv.threshold(50));
    assertEquals("1844674407370955263", Long.toUnsignedString(Fnv.threshold(10)));
  }

  @Test
  void acceptsBucketsAsInThirtyTwoBits() {
    assertEquals(0, Fnv.accepted(0.006f));
    assertEquals(1, Fnv.accepted(0.0062f));
    assertEquals(1638, Fnv.accepted(10));
    assertEquals(8192, Fnv.accepted(50));
    assertEquals(16384, Fnv.accepted(100));
  }

  @Test
  void drawsOnePartInAllBuckets() {
    int kept = 0;
    for (int i = 0; i < 100_000; i++) {
      kept += Fnv.bucket(22, i * 0x9e3779b97f4a7c15L, i) < Fnv.accepted(25) ? 1 : 0;
    }
    assertEquals(25_000, kept, 600);
  }

  @Test
  void aBucketBeginsFullAndFillsWithTime() {
    TokenBucket bucket = new TokenBucket(10, 20);
    long now = 1_000_000_000L;
    assertFalse(bucket.allow(now, 21), "never more than it holds");
    assertTrue(bucket.allow(now, 20));
    assertFalse(bucket.allow(now, 1));
    assertTrue(bucket.allow(now + 100_000_000L, 1));
    assertFalse(bucket.allow(now + 100_000_000L, 1));
    assertFalse(bucket.allow(now, 1), "a clock that runs backwards gives nothing");
    assertTrue(bucket.allow(now + 60_000_000_000L, 20));
    assertFalse(bucket.allow(now + 60_000_000_000L, 1), "not more than full");
  }

  @Test
  void aSecondCounterStartsAgainEachSecond() {
    SecondCounter counter = new SecondCounter();
    assertTrue(counter.add(5_000_000_000L, 3, 4));
    assertFalse(counter.add(5_900_000_000L, 2, 4));
    assertTrue(counter.add(5_999_999_999L, 1, 4), "a refusal leaves room for a smaller one");
    assertTrue(counter.add(6_000_000_000L, 4, 4));
  }

  @Test
  void versionsAreReadInEveryForm() {
    for (String text : new String[] {"0.150", "v0.150.0", "150", "0.150.2"}) {
      assertEquals(new CollectorVersion(150), CollectorVersion.parse(text));
    }
  }

  /** The threshold of 14 bits and the randomness from the hash decide as bucket and count do. */
  @Test
  void theRandomnessOfAHashDecidesAsItsBucket() {
    for (int i = 0; i < 10_000; i++) {
      long high = i * 0x9e3779b97f4a7c15L;
      int accepted = i % (Fnv.BUCKETS + 1);
      long threshold = (long) (Fnv.BUCKETS - accepted) << 42;
      long randomness = Fnv.randomness(22, high, i);
      assertTrue(randomness >= 0 && randomness < 1L << 56);
      assertEquals(Fnv.bucket(22, high, i) < accepted, threshold <= randomness);
    }
  }
}
