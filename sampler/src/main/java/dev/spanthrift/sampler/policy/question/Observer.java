package dev.spanthrift.sampler.policy.question;

import dev.spanthrift.sampler.policy.document.Condition;
import dev.spanthrift.sampler.policy.document.SpanKind;
import dev.spanthrift.sampler.policy.document.SpanQuestion;
import dev.spanthrift.sampler.policy.document.SpanStatus;
import dev.spanthrift.sampler.probability.TraceState;
import dev.spanthrift.sampler.wire.Attributes;
import dev.spanthrift.sampler.wire.Batch;
import dev.spanthrift.sampler.wire.Envelopes;
import dev.spanthrift.sampler.wire.Events;
import dev.spanthrift.sampler.wire.Fields;
import dev.spanthrift.sampler.wire.Scanner;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Asks each span, while its bytes are at hand, everything that the policies will want to know.
 *
 * <p>Order of calls: {@link #begin} once for a batch, then {@link #observe} for each of its spans.
 * What resources and scopes answer is asked once for each of them. Allocates nothing for a span.
 * One observer for each thread and each set of policies.
 */
public final class Observer {
  private record TextQuestion(TextMatcher matcher, int word, long mask) {}

  private record CustomQuestion(SpanQuestion question, int word, long mask) {}

  private record EntryQuestion(byte[] key, TextMatcher matcher, int word, long mask) {}

  private final int words;
  private final AttributeQuestions ofResource;
  private final AttributeQuestions ofScope;
  private final AttributeQuestions ofSpan;
  private final AttributeQuestions ofEvent;
  private final TextQuestion[] names;
  private final TextQuestion[] eventNames;
  private final EntryQuestion[] traceStates;
  private final CustomQuestion[] customs;
  private final long[][] byKind; // facts of each kind
  private final long[][] byStatus;
  private final boolean anyKindOrStatus;
  private final Compiler.SameSpan[] sameSpans;

  private final Attributes attributes = new Attributes();
  private final Events events = new Events();
  private final long[] own; // facts of the current span
  private Batch batch = EMPTY;
  private long[] scopeFacts = new long[16];
  private boolean[] scopeKnown = new boolean[16];

  private static final Batch EMPTY = new Scanner(1).scan(new byte[0], 0, 0);

  public Observer(Compiler compiled) {
    Map<Condition, Integer> bits = compiled.bits();
    words = compiled.words();
    own = new long[words];
    ofResource = new AttributeQuestions(bits, AttributeQuestions.resource(), words);
    ofScope = new AttributeQuestions(bits, AttributeQuestions.scope(), words);
    ofSpan = new AttributeQuestions(bits, AttributeQuestions.span(), words);
    ofEvent = new AttributeQuestions(bits, AttributeQuestions.event(), words);
    byKind = new long[SpanKind.NUMBERS][words];
    byStatus = new long[SpanStatus.NUMBERS][words];
    List<TextQuestion> name = new ArrayList<>();
    List<TextQuestion> event = new ArrayList<>();
    List<EntryQuestion> state = new ArrayList<>();
    List<CustomQuestion> custom = new ArrayList<>();
    boolean[] enums = {false};
    bits.forEach(
        (condition, bit) -> {
          int word = bit >> 6;
          long mask = 1L << bit;
          switch (condition) {
            case Condition.Name ask ->
                name.add(new TextQuestion(TextMatcher.of(ask.test()), word, mask));
            case Condition.EventName ask ->
                event.add(new TextQuestion(TextMatcher.of(ask.test()), word, mask));
            case Condition.TraceStateEntry ask -> state.add(entry(ask, word, mask));
            case Condition.Kind ask -> {
              ask.kinds().forEach(kind -> byKind[kind.number()][word] |= mask);
              enums[0] = true;
            }
            case Condition.Status ask -> {
              ask.statuses().forEach(status -> byStatus[status.number()][word] |= mask);
              enums[0] = true;
            }
            case Condition.Root ask ->
                custom.add(new CustomQuestion((b, row) -> !b.hasParent(row), word, mask));
            case Condition.Custom ask -> custom.add(new CustomQuestion(ask.question(), word, mask));
            case Condition.Attribute ask -> {} // grouped by key above
            case Condition.SameSpan same -> {} // from the others, below
            case Condition.All all -> {}
            case Condition.Any any -> {}
            case Condition.Not not -> {}
            case Condition.OfTrace ofTrace -> {}
          }
        });
    names = name.toArray(TextQuestion[]::new);
    eventNames = event.toArray(TextQuestion[]::new);
    traceStates = state.toArray(EntryQuestion[]::new);
    customs = custom.toArray(CustomQuestion[]::new);
    anyKindOrStatus = enums[0];
    sameSpans = compiled.sameSpans().toArray(Compiler.SameSpan[]::new);
  }

  private static EntryQuestion entry(Condition.TraceStateEntry ask, int word, long mask) {
    TextMatcher matcher =
        ask.test() == null ? (buffer, offset, length) -> true : TextMatcher.of(ask.test());
    return new EntryQuestion(ask.key().getBytes(StandardCharsets.UTF_8), matcher, word, mask);
  }

  /** Begins a batch; call before its first span, every time, because batches are used again. */
  public void begin(Batch batch) {
    this.batch = batch;
    int scopes = batch.scopes().size();
    if (scopes > scopeKnown.length) {
      scopeKnown = new boolean[scopes * 2];
      scopeFacts = new long[scopes * 2 * Math.max(1, words)];
    } else if (scopeFacts.length < scopeKnown.length * words) {
      scopeFacts = new long[scopeKnown.length * words];
    }
    Arrays.fill(scopeKnown, 0, scopes, false);
  }

  /**
   * Adds what one span says to its fragment's facts.
   *
   * @param facts {@link Compiler#words} longs from {@code offset}, all 0 at the fragment's first
   *     span
   */
  public void observe(int row, long[] facts, int offset) {
    if (words == 0) {
      return;
    }
    if (sameSpans.length == 0) {
      ask(row, facts, offset);
      return;
    }
    Arrays.fill(own, 0);
    ask(row, own, 0);
    for (Compiler.SameSpan same : sameSpans) {
      if (same.expression().test(own, 0, null)) {
        own[same.bit() >> 6] |= 1L << same.bit();
      }
    }
    for (int word = 0; word < words; word++) {
      facts[offset + word] |= own[word];
    }
  }

  private void ask(int row, long[] facts, int offset) {
    byte[] buffer = batch.buffer();
    askScope(batch.scope(row), facts, offset);
    if (anyKindOrStatus) {
      askKindAndStatus(row, facts, offset);
    }
    for (TextQuestion name : names) {
      if (name.matcher.test(buffer, batch.nameOffset(row), batch.nameLength(row))) {
        facts[offset + name.word] |= name.mask;
      }
    }
    for (CustomQuestion custom : customs) {
      if ((facts[offset + custom.word] & custom.mask) == 0 && custom.question.test(batch, row)) {
        facts[offset + custom.word] |= custom.mask;
      }
    }
    if (traceStates.length > 0) {
      askTraceState(
          buffer, batch.traceStateOffset(row), batch.traceStateLength(row), facts, offset);
    }
    int body = batch.body(row);
    int bodyLength = batch.end(row) - body;
    if (!ofSpan.isEmpty() && !ofSpan.allAnswered(facts, offset)) {
      attributes.over(buffer, body, bodyLength, Fields.ATTRIBUTES_OF_SPAN);
      ofSpan.ask(attributes, facts, offset);
    }
    if (eventNames.length > 0 || !ofEvent.isEmpty()) {
      askEvents(buffer, body, bodyLength, facts, offset);
    }
  }

  private void askKindAndStatus(int row, long[] facts, int offset) {
    int kind = batch.kind(row);
    int status = batch.statusCode(row);
    long[] ofKind = byKind[kind < byKind.length ? kind : 0];
    for (int word = 0; word < words; word++) {
      facts[offset + word] |= ofKind[word];
      if (status < byStatus.length) {
        facts[offset + word] |= byStatus[status][word];
      }
    }
  }

  private void askTraceState(byte[] buffer, int at, int length, long[] facts, int offset) {
    for (EntryQuestion entry : traceStates) {
      long found = TraceState.find(buffer, at, length, entry.key);
      if (found >= 0) {
        int start = TraceState.start(found);
        if (entry.matcher.test(buffer, start, TraceState.end(found) - start)) {
          facts[offset + entry.word] |= entry.mask;
        }
      }
    }
  }

  private void askEvents(byte[] buffer, int body, int bodyLength, long[] facts, int offset) {
    events.over(buffer, body, bodyLength);
    while (events.next()) {
      for (TextQuestion name : eventNames) {
        if (name.matcher.test(buffer, events.nameOffset(), events.nameLength())) {
          facts[offset + name.word] |= name.mask;
        }
      }
      if (!ofEvent.isEmpty()) {
        int from = events.bodyOffset();
        attributes.over(buffer, from, events.bodyLength(), Fields.ATTRIBUTES_OF_EVENT);
        ofEvent.ask(attributes, facts, offset);
      }
    }
  }

  /** What the scope and its resource say, asked once a batch. */
  private void askScope(int scope, long[] facts, int offset) {
    if (ofResource.isEmpty() && ofScope.isEmpty()) {
      return;
    }
    int known = scope * words;
    if (!scopeKnown[scope]) {
      scopeKnown[scope] = true;
      Arrays.fill(scopeFacts, known, known + words, 0);
      int resource = batch.resourceOfScope(scope);
      askMessage(ofResource, batch.resources(), resource, Fields.ATTRIBUTES_OF_RESOURCE, known);
      askMessage(ofScope, batch.scopes(), scope, Fields.ATTRIBUTES_OF_SCOPE, known);
    }
    for (int word = 0; word < words; word++) {
      facts[offset + word] |= scopeFacts[known + word];
    }
  }

  private void askMessage(
      AttributeQuestions questions, Envelopes messages, int row, int field, int known) {
    if (!questions.isEmpty()) {
      attributes.over(
          messages.messageBuffer(row),
          messages.messageOffset(row),
          messages.messageLength(row),
          field);
      questions.ask(attributes, scopeFacts, known);
    }
  }
}
