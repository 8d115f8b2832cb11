package dev.spanthrift.sampler.policy.question;

import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.Where;
import dev.spanthrift.sampler.wire.Attributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The questions about attributes of one kind of message, by key, so that one pass over the
 * attributes answers them all.
 */
final class AttributeQuestions {
  private record Question(ValueMatcher matcher, int word, long mask) {}

  private final TextTable keys;
  private final Question[][] byKey;
  private final long[] allBits;

  /** Takes those of all questions that look at this place. */
  AttributeQuestions(Map<Condition, Integer> bits, Set<Where> places, int words) {
    Map<String, List<Question>> grouped = new LinkedHashMap<>();
    allBits = new long[words];
    bits.forEach(
        (condition, bit) -> {
          if (condition instanceof Condition.Attribute ask && places.contains(ask.where())) {
            Question question = new Question(ValueMatcher.of(ask.test()), bit >> 6, 1L << bit);
            grouped.computeIfAbsent(ask.key(), key -> new ArrayList<>()).add(question);
            allBits[bit >> 6] |= 1L << bit;
          }
        });
    keys = new TextTable(List.copyOf(grouped.keySet()));
    byKey =
        grouped.values().stream()
            .map(list -> list.toArray(Question[]::new))
            .toArray(Question[][]::new);
  }

  static Set<Where> resource() {
    return EnumSet.of(Where.RESOURCE, Where.ANY);
  }

  static Set<Where> scope() {
    return EnumSet.of(Where.SCOPE, Where.ANY);
  }

  static Set<Where> span() {
    return EnumSet.of(Where.SPAN, Where.ANY);
  }

  static Set<Where> event() {
    return EnumSet.of(Where.EVENT);
  }

  boolean isEmpty() {
    return keys.isEmpty();
  }

  /** Whether every question has been answered yes, so that asking again tells nothing. */
  boolean allAnswered(long[] facts, int offset) {
    for (int word = 0; word < allBits.length; word++) {
      if ((allBits[word] & ~facts[offset + word]) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Walks the attributes and sets the bit of each question that one of them answers with yes. */
  void ask(Attributes attributes, long[] facts, int offset) {
    while (attributes.next()) {
      int key = keys.find(attributes.buffer(), attributes.keyOffset(), attributes.keyLength());
      if (key >= 0) {
        int type = attributes.readValue();
        for (Question question : byKey[key]) {
          if (question.matcher.test(attributes, type)) {
            facts[offset + question.word] |= question.mask;
          }
        }
      }
    }
  }
}
