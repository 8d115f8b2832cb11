package dev.spanthrift.agent.control.source;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One message of the stream between a sidecar and the controller: a text frame of a WebSocket with
 * a JSON object.
 *
 * <pre>
 * sidecar → controller   hello {version, have, labels}, first, and again when its labels change;
 *                        report {…}, from then on
 * controller → sidecar   bundle {hash, bundle} when it differs from have; same {hash} when not;
 *                        beat {} when nothing else was said for 15 s
 * </pre>
 *
 * <p>Unknown keys are skipped, so that either end may be the newer one.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = StreamMessage.Hello.class, name = "hello"),
  @JsonSubTypes.Type(value = StreamMessage.Reported.class, name = "report"),
  @JsonSubTypes.Type(value = StreamMessage.Change.class, name = "bundle"),
  @JsonSubTypes.Type(value = StreamMessage.Same.class, name = "same"),
  @JsonSubTypes.Type(value = StreamMessage.Heartbeat.class, name = "beat")
})
public sealed interface StreamMessage {
  /** Path of the stream. */
  String PATH = "/v1/sidecars";

  /** Longest text that a sidecar sends. */
  int REPORT_BYTES_MAX = 1 << 16;

  /** Who asks, and what it has. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Hello(String version, String have, Map<String, String> labels) implements StreamMessage {
    public Hello {
      version = version == null ? "" : version;
      have = have == null ? "" : have;
      labels = labels == null ? Map.of() : Map.copyOf(labels);
    }
  }

  /** How it goes. */
  record Reported(SidecarReport report) implements StreamMessage {
    public Reported {
      Objects.requireNonNull(report);
    }
  }

  /** What is to be in force. */
  record Change(String hash, JsonNode bundle) implements StreamMessage {}

  /** What it has is what is to be in force. */
  record Same(String hash) implements StreamMessage {}

  /** Still here. */
  record Heartbeat() implements StreamMessage {}

  /** As it is sent. */
  default String text() {
    return Json.MAPPER.writerFor(StreamMessage.class).writeValueAsString(this);
  }

  /** Null when it is no message of this kind. */
  static @Nullable StreamMessage read(String text) {
    try {
      return Json.MAPPER.readValue(text, StreamMessage.class);
    } catch (JacksonException e) {
      return null; // of a newer version, or from somebody else: the caller counts it
    }
  }

  /** Loaded with the first message. */
  final class Json {
    static final JsonMapper MAPPER =
        JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            // A figure that is missing is 0: the end that lacks it is the older one.
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private Json() {}
  }
}
