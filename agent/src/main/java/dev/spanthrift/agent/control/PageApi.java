package dev.spanthrift.agent.control;

import dev.spanthrift.agent.control.http.EntityTags;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/**
 * The files of the page, the description of the API, and a few words on each problem.
 *
 * <p>Each file has its own route: nothing else in the jar can be asked for.
 */
@RestController
final class PageApi {
  @GetMapping("/")
  ResponseEntity<byte[]> page(
      @RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false) @Nullable String tag) {
    return file("index.html", "text/html;charset=UTF-8", tag);
  }

  @GetMapping("/spanthrift.css")
  ResponseEntity<byte[]> style(
      @RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false) @Nullable String tag) {
    return file("spanthrift.css", "text/css;charset=UTF-8", tag);
  }

  @GetMapping("/spanthrift.js")
  ResponseEntity<byte[]> script(
      @RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false) @Nullable String tag) {
    return file("spanthrift.js", "text/javascript;charset=UTF-8", tag);
  }

  /** Browsers ask for it on every page, and would note a 404. */
  @GetMapping("/favicon.ico")
  ResponseEntity<Void> icon() {
    return ResponseEntity.noContent().build();
  }

  @GetMapping("/openapi.json")
  ResponseEntity<byte[]> openapi(
      @RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false) @Nullable String tag) {
    return file("openapi.json", MediaType.APPLICATION_JSON_VALUE, tag);
  }

  @GetMapping(path = "/problems/{name}", produces = "text/plain;charset=UTF-8")
  String problem(@PathVariable String name) {
    return Arrays.stream(ProblemType.values())
        .filter(type -> type.slug().equals(name))
        .findFirst()
        .map(t -> t.title() + " (HTTP " + t.status().value() + ").\n" + t.advice() + "\n")
        .orElseThrow(() -> new ProblemException(ProblemType.NOT_FOUND, "no such problem"));
  }

  private static ResponseEntity<byte[]> file(String name, String type, @Nullable String tag) {
    byte[] content = read(name);
    String etag = '"' + Integer.toHexString(Arrays.hashCode(content)) + '-' + content.length + '"';
    boolean known = EntityTags.weakly(tag, etag);
    ResponseEntity.BodyBuilder answer =
        ResponseEntity.status(known ? HttpStatus.NOT_MODIFIED : HttpStatus.OK)
            .eTag(etag)
            .header(HttpHeaders.CACHE_CONTROL, "no-cache");
    return known ? answer.build() : answer.header(HttpHeaders.CONTENT_TYPE, type).body(content);
  }

  private static byte[] read(String name) {
    try (InputStream in = PageApi.class.getResourceAsStream("/static/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
