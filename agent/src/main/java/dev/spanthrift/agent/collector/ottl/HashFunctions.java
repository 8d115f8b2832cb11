package dev.spanthrift.agent.collector.ottl;

import dev.spanthrift.agent.collector.ottl.value.OttlValues.Bytes;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Failure;
import dev.spanthrift.agent.collector.ottl.value.OttlValues.Id;
import dev.spanthrift.agent.collector.ottl.value.SpanView;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Functions of digits and bytes: ids, digests, checksums, logarithm. */
final class HashFunctions {
  private HashFunctions() {}

  static OttlFunction.Body digest(String algorithm) {
    return arguments -> HexFormat.of().formatHex(digest(algorithm, text(arguments[0])));
  }

  private static String text(@Nullable Object argument) {
    return (String) Objects.requireNonNull(argument);
  }

  private static byte[] digest(String algorithm, String text) {
    try {
      return MessageDigest.getInstance(algorithm).digest(TextFunctions.utf8(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has the three
    }
  }

  /** FNV-1a of 64 bits. */
  static Object fnv(@Nullable Object[] arguments) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : TextFunctions.utf8(text(arguments[0]))) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }

  static Object hex(@Nullable Object[] arguments) {
    return arguments[0] == null ? "" : HexFormat.of().formatHex(((Bytes) arguments[0]).bytes());
  }

  /** An id of so many bytes, given as they are or in hexadecimal digits. */
  static OttlFunction.Body id(int length) {
    return arguments -> {
      byte[] bytes = arguments[0] == null ? new byte[0] : ((Bytes) arguments[0]).bytes();
      if (bytes.length == length) {
        return new Id(new Bytes(bytes));
      }
      try {
        return bytes.length == 2 * length
            ? new Id(new Bytes(HexFormat.of().parseHex(SpanView.text(bytes, 0, bytes.length))))
            : Failure.INPUT;
      } catch (IllegalArgumentException notOne) {
        return Failure.INPUT;
      }
    };
  }

  static boolean isZero(Id id) {
    for (byte b : id.bytes().bytes()) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  static Object log(@Nullable Object[] arguments) {
    return arguments[0] instanceof Double number && !(number <= 0)
        ? (Object) Math.log(number)
        : Failure.INPUT;
  }

  /** Luhn's checksum of a card number. */
  static Object luhn(@Nullable Object[] arguments) {
    if (arguments[0] == null) {
      return Failure.INPUT;
    }
    String digits = text(arguments[0]).replace(" ", "");
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      if (digit < 0 || digit > 9) {
        return Failure.INPUT;
      }
      int weighed = i % 2 == 0 ? digit : digit * 2;
      sum += weighed > 9 ? weighed - 9 : weighed;
    }
    return !digits.isEmpty() && sum % 10 == 0;
  }
}
