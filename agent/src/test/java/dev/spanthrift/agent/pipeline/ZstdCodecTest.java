package dev.spanthrift.agent.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.ClassPath;
import dev.spanthrift.agent.receive.door.Encoding;
import dev.spanthrift.exporter.ZstdLibrary;
import dev.spanthrift.sampler.trace.SliceCodec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ZstdCodecTest {
  /** What runs in a process that may not unpack the library. */
  static final class WithoutZstd {
    private WithoutZstd() {}

    public static void main(String[] arguments) {
      System.out.println(ZstdLibrary.refusal().orElse("zstd can be used"));
      System.out.println("zstd requests: " + Encoding.named("zstd") + ", " + Encoding.ALL);
      System.out.println(roundTrip(ZstdCodec.orDeflate()));
    }
  }

  private static String roundTrip(SliceCodec codec) {
    byte[] block = "span ".repeat(1000).getBytes(StandardCharsets.UTF_8);
    byte[] back = new byte[block.length];
    byte[] packed = codec.compress(block, block.length);
    codec.decompress(packed, back, back.length);
    assertArrayEquals(block, back);
    assertTrue(packed.length < block.length / 4);
    return "blocks go round";
  }

  @Test
  void blocksGoRound() {
    assertEquals("blocks go round", roundTrip(ZstdCodec.orDeflate()));
    assertEquals("blocks go round", roundTrip(SliceCodec.deflate()));
  }

  @Test
  @Timeout(60)
  void withoutAFolderToRunItsLibraryFromZstdIsOffAndSaysWhatToMount() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=/proc/nowhere",
                "-cp",
                ClassPath.here(),
                WithoutZstd.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertTrue(said.contains("--tmpfs /proc/nowhere:exec"), said);
    assertTrue(said.contains("zstd requests: null, identity,gzip,deflate"), said);
    assertTrue(said.contains("blocks go round"), said);
  }
}
