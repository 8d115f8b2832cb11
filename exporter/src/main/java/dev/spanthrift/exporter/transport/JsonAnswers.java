package dev.spanthrift.exporter.transport;

import java.util.Locale;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The same messages as in {@link Answers} where a backend writes JSON although we sent protobuf.
 *
 * <p>Names in lowerCamelCase, as the specification has them, or in snake_case, as some libraries
 * write them; 64-bit numbers as text or number (specs.md J5, J6).
 */
final class JsonAnswers {
  private static final Set<String> REJECTED =
      Set.of("rejectedspans", "rejecteddatapoints", "rejectedlogrecords", "rejectedprofiles");
  private static final JsonFactory JSON = new JsonFactory();

  private JsonAnswers() {}

  /** Whether a body begins as a JSON object does, whatever its content type says. */
  static boolean looksLike(byte[] body) {
    for (byte b : body) {
      if (b > ' ') {
        return b == '{';
      }
    }
    return false;
  }

  /** What a backend said about a request that it took; what cannot be read is still acceptance. */
  static SendResult.Accepted accepted(byte[] body) {
    PartialAnswer partial = new PartialAnswer(true);
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), body)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        readResponse(json, partial);
      }
      return partial.accepted();
    } catch (JacksonException e) {
      return PartialAnswer.unreadable("JSON: " + e.getOriginalMessage());
    }
  }

  private static void readResponse(JsonParser json, PartialAnswer partial) {
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = plain(json.currentName());
      if (json.nextToken() == JsonToken.START_OBJECT && name.equals("partialsuccess")) {
        readPartialSuccess(json, partial);
      } else {
        json.skipChildren();
      }
    }
  }

  private static void readPartialSuccess(JsonParser json, PartialAnswer partial) {
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String written = json.currentName();
      String name = plain(written);
      JsonToken value = json.nextToken();
      if (REJECTED.contains(name)) {
        partial.rejected(json.getValueAsLong());
      } else if (name.equals("errormessage")) {
        partial.message(value == JsonToken.VALUE_NULL ? "" : json.getValueAsString(""));
      } else {
        partial.unknown(written);
      }
      json.skipChildren();
    }
  }

  private static String plain(String name) {
    return name.replace("_", "").toLowerCase(Locale.ROOT);
  }

  /** {@code message} of a google.rpc.Status; empty when there is none or it cannot be read. */
  static String statusMessage(byte[] body) {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), body)) {
      boolean object = json.nextToken() == JsonToken.START_OBJECT;
      while (object && json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.currentName();
        json.nextToken();
        if (name.equals("message")) {
          return json.getValueAsString("");
        }
        json.skipChildren();
      }
    } catch (JacksonException e) {
      return ""; // the status says enough
    }
    return "";
  }
}
