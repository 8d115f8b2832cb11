package dev.spanthrift.agent.receive.json;

import java.util.List;
import java.util.Map;
import tools.jackson.core.sym.PropertyNameMatcher;

/** What a field holds: a scalar, an enum or a message. */
sealed interface Type {
  /** How its payload stands on the wire. */
  WireType wireType();

  /** Source: protobuf encoding, "Message Structure". */
  enum WireType {
    VARINT(0),
    I64(1),
    LENGTH(2),
    I32(5);

    private final int code;

    WireType(int code) {
      this.code = code;
    }

    boolean packable() {
      return this != LENGTH;
    }
  }

  /** Protobuf scalars; {@link #HEX} is protobuf {@code bytes} with another spelling in JSON. */
  enum Scalar implements Type {
    STRING(WireType.LENGTH),
    BYTES(WireType.LENGTH),
    HEX(WireType.LENGTH),
    BOOL(WireType.VARINT),
    INT32(WireType.VARINT),
    UINT32(WireType.VARINT),
    SINT32(WireType.VARINT),
    FIXED32(WireType.I32),
    INT64(WireType.VARINT),
    UINT64(WireType.VARINT),
    FIXED64(WireType.I64),
    SFIXED64(WireType.I64),
    DOUBLE(WireType.I64);

    private final WireType wireType;

    Scalar(WireType wireType) {
      this.wireType = wireType;
    }

    @Override
    public WireType wireType() {
      return wireType;
    }
  }

  /** Numbers by name. */
  record Enumeration(String name, Map<String, Integer> numbers) implements Type {
    public Enumeration {
      numbers = Map.copyOf(numbers);
    }

    @Override
    public WireType wireType() {
      return WireType.VARINT;
    }
  }

  /** Fields in the order that {@link #matcher} counts them; messages may contain each other. */
  final class Message implements Type {
    static final int FIELDS_MAX = 32;

    private final String name;
    private List<Field> fields = List.of();
    private PropertyNameMatcher matcher = Schema.matcher(fields);

    Message(String name) {
      this.name = name;
    }

    /** Called once, when all types that the fields name are there. */
    void define(List<Field> all) {
      if (all.size() > FIELDS_MAX) {
        throw new IllegalArgumentException(name + " has more than " + FIELDS_MAX + " fields");
      }
      fields = List.copyOf(all);
      matcher = Schema.matcher(fields);
    }

    String name() {
      return name;
    }

    List<Field> fields() {
      return fields;
    }

    PropertyNameMatcher matcher() {
      return matcher;
    }

    @Override
    public WireType wireType() {
      return WireType.LENGTH;
    }
  }

  /**
   * One field of a message.
   *
   * @param name lowerCamelCase, the only name that JSON may use (specs.md J5)
   * @param keepsZero a zero is written too: the field is optional or in a oneof (specs.md J9)
   */
  record Field(int number, String name, Type type, boolean repeated, boolean keepsZero) {
    boolean packed() {
      return repeated && type.wireType().packable();
    }

    /** Number and wire type as they stand before the payload. */
    int tag() {
      return (number << 3) | (packed() ? WireType.LENGTH : type.wireType()).code;
    }
  }
}
