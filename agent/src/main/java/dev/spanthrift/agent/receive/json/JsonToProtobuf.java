package dev.spanthrift.agent.receive.json;

import dev.spanthrift.sampler.wire.Signal;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.ErrorReportConfiguration;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * Converts an OTLP/JSON request into the protobuf bytes of the same request (specs.md J1 to J11).
 *
 * <p>One pass, time and memory linear in the input. Output is mostly less than half the input; the
 * most that any input can get is four times its size (an array of one-digit numbers that are eight
 * bytes in protobuf).
 */
public final class JsonToProtobuf {
  /** Largest input, in bytes: beyond it the output might not fit in an array. */
  static final int INPUT_MAX = 1 << 28;

  /** Objects and arrays inside each other: under 100 messages, what protobuf readers bear. */
  static final int NESTING_MAX = 128;

  /** Longest string, in characters; one takes up to 5 times as many bytes while it is read. */
  static final int STRING_MAX = 1 << 24;

  /** Longest field name, in characters: Jackson remembers up to 6,000 unknown ones. */
  static final int NAME_MAX = 512;

  static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(NESTING_MAX)
                  .maxStringLength(STRING_MAX)
                  .maxNameLength(NAME_MAX)
                  .build())
          // Messages of errors go to logs and answers: no content in them.
          .errorReportConfiguration(
              ErrorReportConfiguration.builder().maxErrorTokenLength(0).build())
          // OTLP/JSON is UTF-8; guessed UTF-16 would pass by our check.
          .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
          .build();

  private static final int EXPANSION_MAX = 4;
  private static final int KEPT_MAX = 1 << 20; // bytes that an idle thread holds

  private static final ThreadLocal<JsonToProtobuf> OF_THREAD =
      ThreadLocal.withInitial(JsonToProtobuf::new);

  private final ProtobufWriter writer = new ProtobufWriter();
  private final List<Placement> placements = new ArrayList<>();
  private byte[] scratch = new byte[8192];

  private JsonToProtobuf() {}

  /**
   * Converts one request.
   *
   * @param json belongs to the caller and is only read during the call
   * @return bytes that are valid until this thread converts again; empty for an empty input
   * @throws MalformedJsonException when the input is not a request of this signal
   */
  public static Encoded convert(Signal signal, byte[] json, int offset, int length) {
    if (length > INPUT_MAX) {
      throw new MalformedJsonException("", "larger than " + INPUT_MAX + " bytes");
    }
    int invalid = Utf8.firstInvalid(json, offset, length);
    if (invalid >= 0) {
      throw new MalformedJsonException("", "not UTF-8 at byte " + (invalid - offset));
    }
    return OF_THREAD.get().converted(signal, json, offset, length);
  }

  private Encoded converted(Signal signal, byte[] json, int offset, int length) {
    writer.reset(scratch, EXPANSION_MAX * length);
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json, offset, length)) {
      read(signal, parser);
      int size = writer.finish();
      byte[] array = writer.buffer();
      if (array.length <= KEPT_MAX) {
        scratch = array;
      }
      return new Encoded(array, size);
    } finally {
      writer.reset(scratch, 0);
    }
  }

  private void read(Signal signal, JsonParser parser) {
    try {
      new MessageReader(parser, writer, placements).document(Schema.OTLP.request(signal));
    } catch (JacksonException e) {
      throw new MalformedJsonException(
          parser.streamReadContext().pathAsPointer().toString(),
          e.getOriginalMessage() + " at byte " + parser.currentLocation().getByteOffset());
    }
  }
}
