package dev.spanthrift.agent.receive.json;

import dev.spanthrift.agent.receive.json.Type.Enumeration;
import dev.spanthrift.agent.receive.json.Type.Field;
import dev.spanthrift.agent.receive.json.Type.Message;
import dev.spanthrift.agent.receive.json.Type.Scalar;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.sym.PropertyNameMatcher;

/**
 * Walks one JSON document along a message type and writes what it finds, token by token.
 *
 * <p>Recursion is bounded by the parser's nesting limit. Source: proto3 JSON mapping, with the
 * differences that OTLP 1.11 states under "JSON Protobuf Encoding".
 */
final class MessageReader {
  private final JsonParser parser;
  private final ProtobufWriter out;
  private final List<Placement> placements; // by depth
  private final ScalarReader scalars;

  MessageReader(JsonParser parser, ProtobufWriter out, List<Placement> placements) {
    this.parser = parser;
    this.out = out;
    this.placements = placements;
    this.scalars = new ScalarReader(parser, out);
  }

  /** Reads the whole input as one message; an empty input is an empty message (specs.md S7). */
  void document(Message type) {
    if (parser.nextToken() == null) {
      return;
    }
    scalars.expect(JsonToken.START_OBJECT, "an object");
    fields(type, 0);
    if (parser.nextToken() != null) {
      throw scalars.malformed("the request ends before the body does");
    }
  }

  private void fields(Message type, int depth) {
    Placement placement = placement(depth);
    placement.clear();
    int i = parser.nextNameMatch(type.matcher());
    while (i != PropertyNameMatcher.MATCH_END_OBJECT) {
      if (i == PropertyNameMatcher.MATCH_ODD_TOKEN) {
        throw scalars.malformed("a field name or the end of the object is missing");
      }
      parser.nextToken();
      if (i == PropertyNameMatcher.MATCH_UNKNOWN_NAME) {
        parser.skipChildren();
      } else {
        placement.forget(i, out);
        int start = out.position();
        field(type.fields().get(i), depth);
        placement.put(i, start, out.position());
      }
      i = parser.nextNameMatch(type.matcher());
    }
  }

  private Placement placement(int depth) {
    if (depth == placements.size()) {
      placements.add(new Placement());
    }
    return placements.get(depth);
  }

  private void field(Field field, int depth) {
    if (parser.hasToken(JsonToken.VALUE_NULL)) {
      return; // unset (specs.md J8)
    }
    if (field.repeated()) {
      array(field, depth);
    } else {
      value(field, depth);
    }
  }

  private void array(Field field, int depth) {
    scalars.expect(JsonToken.START_ARRAY, "an array");
    if (parser.nextToken() == JsonToken.END_ARRAY) {
      return;
    }
    if (field.packed()) {
      packed(field);
      return;
    }
    do {
      value(field, depth);
    } while (parser.nextToken() != JsonToken.END_ARRAY);
  }

  private void packed(Field field) {
    int slot = out.begin(field.tag());
    do {
      out.payload(field.type().wireType(), scalars.bits(field.type()));
    } while (parser.nextToken() != JsonToken.END_ARRAY);
    out.end(slot);
  }

  private void value(Field field, int depth) {
    switch (field.type()) {
      case Message message -> {
        scalars.expect(JsonToken.START_OBJECT, "an object");
        int slot = out.begin(field.tag());
        fields(message, depth + 1);
        out.end(slot);
      }
      case Enumeration _ -> scalars.number(field);
      case Scalar scalar -> scalars.write(field, scalar);
    }
  }
}
