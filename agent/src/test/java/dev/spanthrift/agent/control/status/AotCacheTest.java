package dev.spanthrift.agent.control.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AotCacheTest {
  @ParameterizedTest
  @CsvSource({
    "found, 'mixed mode, sharing', used",
    "found, 'mixed mode', unfit",
    "absent, 'mixed mode, sharing', absent",
    "unwritable, 'mixed mode, sharing', unwritable",
    "off, 'mixed mode, sharing', off",
    "'', 'mixed mode, sharing', unknown",
  })
  void saysWhatBecameOfIt(String launcher, String jvm, String word) {
    assertEquals(word, AotCache.of(launcher, jvm).word());
  }
}
