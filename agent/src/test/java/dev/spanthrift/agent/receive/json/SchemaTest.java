package dev.spanthrift.agent.receive.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import dev.spanthrift.agent.receive.json.Type.Enumeration;
import dev.spanthrift.agent.receive.json.Type.Field;
import dev.spanthrift.agent.receive.json.Type.Message;
import dev.spanthrift.agent.receive.json.Type.Scalar;
import dev.spanthrift.sampler.wire.Signal;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds the schema against the descriptors of the generated classes. */
class SchemaTest {
  private final Set<String> compared = new HashSet<>();

  @ParameterizedTest
  @EnumSource(Signal.class)
  void schemaSaysWhatTheGeneratedClassesSay(Signal signal) {
    compare(Schema.OTLP.request(signal), Requests.of(signal).getDescriptorForType());

    assertTrue(compared.size() > 10, compared.toString());
  }

  private void compare(Message ours, Descriptor theirs) {
    if (!compared.add(theirs.getFullName())) {
      return;
    }
    assertEquals(shortName(theirs.getFullName(), theirs.getFile().getPackage()), ours.name());
    assertEquals(
        theirs.getFields().stream().map(SchemaTest::described).sorted().toList(),
        ours.fields().stream().map(SchemaTest::described).sorted().toList(),
        theirs.getFullName());
    List<Field> fields =
        ours.fields().stream().sorted(Comparator.comparingInt(Field::number)).toList();
    List<FieldDescriptor> descriptors =
        theirs.getFields().stream()
            .sorted(Comparator.comparingInt(FieldDescriptor::getNumber))
            .toList();
    for (int i = 0; i < fields.size(); i++) {
      compareType(fields.get(i), descriptors.get(i));
    }
  }

  private void compareType(Field ours, FieldDescriptor theirs) {
    switch (ours.type()) {
      case Message message -> compare(message, theirs.getMessageType());
      case Enumeration enumeration ->
          assertEquals(numbers(theirs.getEnumType()), enumeration.numbers());
      case Scalar _ -> assertEquals(theirs.isPacked(), ours.packed(), ours.name());
    }
  }

  private static String described(Field field) {
    String type =
        switch (field.type()) {
          case Message message -> message.name();
          case Enumeration enumeration -> enumeration.name();
          case Scalar scalar -> scalar.name();
        };
    return line(field.number(), field.name(), type, field.repeated(), field.keepsZero());
  }

  private static String described(FieldDescriptor field) {
    String type =
        switch (field.getJavaType()) {
          case MESSAGE ->
              shortName(
                  field.getMessageType().getFullName(),
                  field.getMessageType().getFile().getPackage());
          case ENUM ->
              shortName(
                  field.getEnumType().getFullName(), field.getEnumType().getFile().getPackage());
          default -> Requests.isId(field) ? "HEX" : field.getType().name();
        };
    boolean keepsZero = field.hasPresence() && field.getJavaType() != JavaType.MESSAGE;
    return line(field.getNumber(), field.getJsonName(), type, field.isRepeated(), keepsZero);
  }

  private static String line(
      int number, String name, String type, boolean repeated, boolean keepsZero) {
    return name + " = " + number + " " + type + (repeated ? "[]" : "") + (keepsZero ? "?" : "");
  }

  private static String shortName(String fullName, String protoPackage) {
    return fullName.substring(protoPackage.length() + 1);
  }

  private static Map<String, Integer> numbers(EnumDescriptor type) {
    Map<String, Integer> numbers = new HashMap<>();
    type.getValues().forEach(v -> numbers.put(v.getName(), v.getNumber()));
    return numbers;
  }
}
