package dev.spanthrift.agent.receive.json;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Messages with random content in every field that their descriptor names. */
public final class RandomRequest {
  private static final int DEPTH_MAX = 12;

  private final Random random;

  public RandomRequest(Random random) {
    this.random = random;
  }

  public Message fill(Message prototype) {
    return fill(prototype.newBuilderForType(), 0).build();
  }

  private Message.Builder fill(Message.Builder builder, int depth) {
    Set<FieldDescriptor> unchosen = unchosen(builder.getDescriptorForType());
    for (FieldDescriptor field : builder.getDescriptorForType().getFields()) {
      boolean tooDeep = field.getJavaType() == JavaType.MESSAGE && depth >= DEPTH_MAX;
      boolean wanted = depth < 3 ? random.nextInt(8) > 0 : random.nextInt(3) > 0;
      if (wanted && !tooDeep && !unchosen.contains(field)) {
        set(builder, field, depth);
      }
    }
    return builder;
  }

  private Set<FieldDescriptor> unchosen(Descriptor type) {
    Set<FieldDescriptor> unchosen = new HashSet<>();
    for (OneofDescriptor oneof : type.getRealOneofs()) {
      List<FieldDescriptor> members = oneof.getFields();
      unchosen.addAll(members);
      unchosen.remove(members.get(random.nextInt(members.size())));
    }
    return unchosen;
  }

  private void set(Message.Builder builder, FieldDescriptor field, int depth) {
    if (!field.isRepeated()) {
      builder.setField(field, value(builder, field, depth));
      return;
    }
    int count = field.getJavaType() == JavaType.MESSAGE ? messages(depth) : random.nextInt(40);
    for (int i = 0; i < count; i++) {
      builder.addRepeatedField(field, value(builder, field, depth));
    }
  }

  private int messages(int depth) {
    return random.nextInt(depth < 4 ? 4 : 2);
  }

  private Object value(Message.Builder builder, FieldDescriptor field, int depth) {
    return switch (field.getJavaType()) {
      case MESSAGE -> fill(builder.newBuilderForField(field), depth + 1).build();
      case STRING -> string();
      case BYTE_STRING -> bytes();
      case BOOLEAN -> random.nextBoolean();
      case DOUBLE -> real();
      case INT -> (int) whole();
      case LONG -> whole();
      case ENUM -> enumValue(field.getEnumType());
      case FLOAT -> throw new AssertionError("OTLP has no float");
    };
  }

  /** Any field's random value, as a list where the field is repeated. */
  Object other(FieldDescriptor field, Message owner) {
    Message.Builder builder = owner.newBuilderForType();
    set(builder, field, DEPTH_MAX - 1);
    return builder.getField(field);
  }

  private Object enumValue(EnumDescriptor type) {
    int number = random.nextInt(10) == 0 ? 99 : random.nextInt(type.getValues().size());
    return type.findValueByNumberCreatingIfUnknown(number);
  }

  private long whole() {
    return switch (random.nextInt(8)) {
      case 0 -> 0;
      case 1 -> Long.MIN_VALUE;
      case 2 -> Long.MAX_VALUE;
      case 3 -> -1;
      case 4 -> 1_544_712_660_000_000_000L;
      case 5 -> random.nextLong();
      default -> random.nextInt(300);
    };
  }

  private double real() {
    return switch (random.nextInt(8)) {
      case 0 -> 0;
      case 1 -> -0.0;
      case 2 -> Double.NaN;
      case 3 -> random.nextBoolean() ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
      case 4 -> random.nextBoolean() ? Double.MIN_VALUE : Double.MAX_VALUE;
      case 5 -> random.nextInt(1000);
      default -> random.nextGaussian() * 1e6;
    };
  }

  private ByteString bytes() {
    byte[] bytes = new byte[random.nextInt(4) == 0 ? random.nextInt(300) : 16];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  private String string() {
    int length = random.nextInt(20) == 0 ? random.nextInt(4_000) : random.nextInt(20);
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      text.appendCodePoint(codePoint());
    }
    return text.toString();
  }

  private int codePoint() {
    return switch (random.nextInt(20)) {
      case 0 -> random.nextInt(0x20); // must be escaped in JSON
      case 1 -> "\"\\/\u007f\u0080\u2028".codePointAt(random.nextInt(6));
      case 2 -> 0x80 + random.nextInt(0x780);
      case 3 -> 0xE000 + random.nextInt(0x1FFE);
      case 4 -> 0x10000 + random.nextInt(0x100000);
      default -> ' ' + 2 + random.nextInt(90);
    };
  }
}
