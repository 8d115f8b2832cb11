package dev.spanthrift.agent.control;

import dev.spanthrift.agent.control.http.EntityTags;
import dev.spanthrift.agent.control.http.ProblemException;
import dev.spanthrift.agent.control.http.ProblemType;
import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.springframework.http.CacheControl;
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
 * <p>What is no file of the page cannot be asked for, whatever else is in the jar.
 */
@RestController
final class PageApi {
  private static final Duration FOR_GOOD = Duration.ofDays(365);

  /** Not {@code gzip;q=0}. */
  private static final Pattern GZIP =
      Pattern.compile("\\bgzip\\b(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))");

  private final PageFiles files = new PageFiles();

  @GetMapping("/")
  ResponseEntity<byte[]> page(@RequestHeader HttpHeaders headers) {
    return checked(files.index(), "text/html;charset=UTF-8", headers);
  }

  /** With the version of now for good; a page that was loaded before an upgrade still gets it. */
  @GetMapping("/page/{version}/{folder}/{file}")
  ResponseEntity<byte[]> file(
      @PathVariable String version,
      @PathVariable String folder,
      @PathVariable String file,
      @RequestHeader HttpHeaders headers) {
    String name = folder + "/" + file;
    byte[] content = files.file(name);
    if (content == null) {
      throw new ProblemException(ProblemType.NOT_FOUND, "the page has no such file");
    }
    CacheControl keep =
        version.equals(files.version())
            ? CacheControl.maxAge(FOR_GOOD).cachePublic().immutable()
            : CacheControl.noStore();
    return sent(ResponseEntity.ok().cacheControl(keep), content, PageFiles.type(name), headers);
  }

  /** Browsers ask for it on every page, and would note a 404. */
  @GetMapping("/favicon.ico")
  ResponseEntity<Void> icon() {
    return ResponseEntity.noContent().build();
  }

  @GetMapping("/openapi.json")
  ResponseEntity<byte[]> openapi(@RequestHeader HttpHeaders headers) {
    return checked(PageFiles.read("openapi.json"), MediaType.APPLICATION_JSON_VALUE, headers);
  }

  @GetMapping(path = "/problems/{name}", produces = "text/plain;charset=UTF-8")
  String problem(@PathVariable String name) {
    return Arrays.stream(ProblemType.values())
        .filter(type -> type.slug().equals(name))
        .findFirst()
        .map(t -> t.title() + " (HTTP " + t.status().value() + ").\n" + t.advice() + "\n")
        .orElseThrow(() -> new ProblemException(ProblemType.NOT_FOUND, "no such problem"));
  }

  /** Asked for again each time, and sent only when it is another. */
  private static ResponseEntity<byte[]> checked(byte[] content, String type, HttpHeaders headers) {
    String etag = '"' + Integer.toHexString(Arrays.hashCode(content)) + '-' + content.length + '"';
    boolean known = EntityTags.weakly(headers.getFirst(HttpHeaders.IF_NONE_MATCH), etag);
    ResponseEntity.BodyBuilder answer =
        ResponseEntity.status(known ? HttpStatus.NOT_MODIFIED : HttpStatus.OK)
            .eTag(etag)
            .header(HttpHeaders.CACHE_CONTROL, "no-cache");
    return known ? answer.build() : sent(answer, content, type, headers);
  }

  private static ResponseEntity<byte[]> sent(
      ResponseEntity.BodyBuilder answer, byte[] content, String type, HttpHeaders headers) {
    answer.header(HttpHeaders.CONTENT_TYPE, type).header(HttpHeaders.VARY, "Accept-Encoding");
    String accepted = headers.getFirst(HttpHeaders.ACCEPT_ENCODING);
    return accepted != null && GZIP.matcher(accepted).find()
        ? answer.header(HttpHeaders.CONTENT_ENCODING, "gzip").body(PageFiles.gzip(content))
        : answer.body(content);
  }
}
