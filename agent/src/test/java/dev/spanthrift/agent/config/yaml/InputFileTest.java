package dev.spanthrift.agent.config.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputFileTest {
  @TempDir Path folder;

  private String secret(String text, Charset charset) throws Exception {
    return InputFile.secret(Files.write(folder.resolve("secret"), text.getBytes(charset)));
  }

  @Test
  void aSecretIsReadWithoutWhatEditorsAndShellsPutAroundIt() throws Exception {
    for (String around : new String[] {"s3cret", "s3cret\n", "s3cret\r\n", " s3cret \n\n"}) {
      assertEquals("s3cret", secret(around, StandardCharsets.UTF_8));
      assertEquals("s3cret", secret("\ufeff" + around, StandardCharsets.UTF_8));
      assertEquals("s3cret", secret("\ufeff" + around, StandardCharsets.UTF_16LE));
      assertEquals("s3cret", secret("\ufeff" + around, StandardCharsets.UTF_16BE));
    }
    assertEquals("", secret("", StandardCharsets.UTF_8));
    assertEquals("", secret("x".repeat(100_000), StandardCharsets.UTF_8));
  }

  @Test
  void aByteOrderMarkIsNoPartOfATextEither() throws Exception {
    Path file = Files.writeString(folder.resolve("c.yaml"), "\ufeffhold: {pause: 2s}\n");
    assertEquals("hold: {pause: 2s}\n", InputFile.text("--config", file));
  }
}
