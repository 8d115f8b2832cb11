package dev.spanthrift.agent.fleet;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A Lua script of ours, called by its SHA-1; where the engine does not know it, by its text. */
enum Script {
  TRACES("traces.lua"),
  SUMS("sums.lua");

  private final byte[] text;
  private final String digest;

  Script(String file) {
    try (InputStream in = Script.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is not in the program");
      }
      text = in.readAllBytes();
      digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  byte[] text() {
    return text;
  }

  String digest() {
    return digest;
  }
}
