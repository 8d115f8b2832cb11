package dev.spanthrift.bench.speed;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The requests that are sent again and again. */
public record Workload(String name, List<Template> requests, long spans, long bytes) {
  static final String RECORDED = "trainticket-2023-01-29";

  static Workload of(String name, Path data) {
    return switch (name) {
      case "small" -> of(name, recorded(data.resolve(RECORDED).resolve("traces.otlp.zst")));
      case "large" -> of(name, Generated.requests(600));
      default -> throw new IllegalArgumentException("workload " + name + ": small or large");
    };
  }

  private static Workload of(String name, List<Template> requests) {
    long spans = requests.stream().mapToLong(Template::spans).sum();
    long bytes = requests.stream().mapToLong(r -> r.bytes().length).sum();
    return new Workload(name, requests, spans, bytes);
  }

  double spansPerRequest() {
    return (double) spans / requests.size();
  }

  long start() {
    return requests.stream().mapToLong(Template::start).min().orElse(0);
  }

  /** A recorded set: messages behind their length, in one zstd stream. */
  static List<Template> recorded(Path file) {
    List<Template> requests = new ArrayList<>();
    for (byte[] message : messages(file)) {
      requests.add(Template.of(message));
    }
    return requests;
  }

  public static List<byte[]> messages(Path file) {
    List<byte[]> messages = new ArrayList<>();
    try (ZstdInputStreamNoFinalizer in =
        new ZstdInputStreamNoFinalizer(Files.newInputStream(file))) {
      for (int first = in.read(); first >= 0; first = in.read()) {
        int length = CodedInputStream.readRawVarint32(first, in);
        messages.add(in.readNBytes(length));
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot read the recorded set: " + e.getMessage(), e);
    }
    return messages;
  }
}
