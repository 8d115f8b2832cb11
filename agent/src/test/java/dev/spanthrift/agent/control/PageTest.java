package dev.spanthrift.agent.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.spanthrift.agent.control.alert.AlertRule;
import dev.spanthrift.agent.control.boost.ActiveBoost;
import dev.spanthrift.agent.control.boost.BoostKeeper;
import dev.spanthrift.agent.control.http.NoteCode;
import dev.spanthrift.agent.control.http.ProblemType;
import dev.spanthrift.agent.pipeline.PipelineView;
import dev.spanthrift.sampler.Sampler;
import dev.spanthrift.sampler.budget.ledger.TraceClass;
import dev.spanthrift.sampler.policy.PolicySet;
import dev.spanthrift.sampler.policy.document.PolicyWords;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PageTest {
  private static final int GZIP_BYTES_MAX = 100_000;
  private static final Path STATIC = Path.of("src/main/resources/static");
  private static final Pattern KEY = Pattern.compile("\\bt\\(\\s*\"([^\"]+)\"\\s*([+,)])");
  private static final Pattern FAMILY =
      Pattern.compile("\\b(?:word|t|own)\\(\\s*\"([^\"]+\\.)\"\\s*[+,]");

  /** What is noted in the audit: a thing, a dot, and what became of it. */
  private static final Pattern AUDITED =
      Pattern.compile(
          "\"((?:alerts|boost|kill-switch|policy|job|recommendation)\\.(?!json)[a-z]+)\"");

  private static final Set<String> WHOLE_VERDICT =
      Set.of("by", "entry", "spans", "error", "draw", "price");

  /** Families of words for what the API says. */
  private static final List<String> SERVER = List.of("note.", "problem.", "alertText.", "verdict.");

  /** The verdict's sentence, which the API makes of the same parts ({@code VerdictWords}). */
  private static final Map<String, Set<String>> VERDICT =
      Map.ofEntries(
          Map.entry("by.boost", Set.of("match", "id")),
          Map.entry("by.boostBecause", Set.of("match", "id", "reason")),
          Map.entry("by.boostForgotten", Set.of()),
          Map.entry("by.budget", Set.of("name")),
          Map.entry("by.policy", Set.of("name")),
          Map.entry("by.unknown", Set.of()),
          Map.entry("error", Set.of()),
          Map.entry("price", Set.of("price")),
          Map.entry("sure", Set.of("probability")),
          Map.entry("draw", Set.of("probability", "randomness", "sign", "threshold")),
          Map.entry("kept", WHOLE_VERDICT),
          Map.entry("dropped", WHOLE_VERDICT),
          Map.entry("limbo", WHOLE_VERDICT));

  private static AdminPort port;

  @BeforeAll
  static void start() {
    port = AdminPort.startReadOnly();
  }

  @AfterAll
  static void stop() {
    port.close();
  }

  private static byte[] bytes(String path) {
    return port.client().get().uri(path).exchange().expectBody().returnResult().getResponseBody();
  }

  private static String get(String path) {
    return new String(bytes(path), UTF_8);
  }

  /** Addresses of the page's files, as the page names them. */
  private static Set<String> files() {
    return found(Pattern.compile("(/page/[0-9a-f]{12}/[a-z0-9]+/[a-z0-9.-]+)"), get("/"));
  }

  private static Set<String> found(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map((MatchResult result) -> result.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Our own scripts, together. */
  private static String scripts() {
    return files().stream()
        .filter(path -> path.endsWith(".js") && !path.contains("/vendor/"))
        .map(PageTest::get)
        .collect(Collectors.joining("\n"));
  }

  @Test
  void comesUnderAStrictContentPolicy() {
    Map<String, String> types =
        Map.of(
            "js", "text/javascript;charset=UTF-8",
            "css", "text/css;charset=UTF-8",
            "json", "application/json");
    Set<String> all = files();
    assertTrue(all.size() > 8, all::toString);
    all.add("/");
    for (String path : all) {
      String type =
          types.getOrDefault(path.substring(path.indexOf('.') + 1), "text/html;charset=UTF-8");
      port.client()
          .get()
          .uri(path)
          .exchange()
          .expectStatus()
          .isOk()
          .expectHeader()
          .valueEquals(HttpHeaders.CONTENT_TYPE, type)
          .expectHeader()
          .valueEquals(
              "Content-Security-Policy",
              "default-src 'self'; connect-src 'self'; frame-ancestors 'none';"
                  + " base-uri 'none'; form-action 'self'")
          .expectHeader()
          .valueEquals("X-Content-Type-Options", "nosniff")
          .expectHeader()
          .valueEquals("Referrer-Policy", "no-referrer")
          .expectHeader()
          .doesNotExist(HttpHeaders.SET_COOKIE);
    }
  }

  @Test
  void filesOfThisVersionAreKeptForGood() {
    String file = files().iterator().next();
    var headers = headers(file, "gzip");
    assertEquals(
        Optional.of("max-age=31536000, public, immutable"), headers.firstValue("Cache-Control"));
    assertEquals(Optional.of("gzip"), headers.firstValue("Content-Encoding"));
    assertEquals(Optional.of("Accept-Encoding"), headers.firstValue("Vary"));
    assertEquals(Optional.empty(), headers(file, "gzip;q=0").firstValue("Content-Encoding"));
    var old = headers(file.replaceAll("[0-9a-f]{12}", "000000000000"), "identity");
    assertEquals(Optional.of("no-store"), old.firstValue("Cache-Control"));
  }

  /** By a client that unpacks nothing. */
  private static java.net.http.HttpHeaders headers(String path, String encoding) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(port.url() + path))
              .header(HttpHeaders.ACCEPT_ENCODING, encoding)
              .build();
      var answer = client.send(request, HttpResponse.BodyHandlers.discarding());
      assertEquals(200, answer.statusCode());
      return answer.headers();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void thePageItselfIsAskedForAgainAndNotSentTwice() {
    String tag = headers("/", "gzip").firstValue("ETag").orElseThrow();
    port.client()
        .get()
        .uri("/")
        .header(HttpHeaders.IF_NONE_MATCH, tag)
        .exchange()
        .expectStatus()
        .isNotModified();
  }

  @Test
  void nothingElseInTheJarCanBeAskedFor() {
    String folder = files().iterator().next().replaceAll("[^/]+/[^/]+$", "");
    for (String path :
        List.of(
            "vendor/VERSION", "app/nothing.js", "static/openapi.json", "app/..%2Fopenapi.json")) {
      port.client().get().uri(folder + path).exchange().expectStatus().isNotFound();
    }
  }

  @Test
  void a10_asksNoOtherOriginAndRunsNothingInline() {
    for (String path : files()) {
      String text =
          get(path)
              .replaceAll("/\\*!.*?\\*/", "") // a licence's line
              .replaceAll("http://(www\\.w3\\.org|localhost|127\\.0\\.0\\.1)\\b", "")
              .replaceAll("https://[a-z]+\\.example\\b", "")
              .replace("redis://valkey", "");
      assertFalse(text.contains("://") || text.contains("@import"), path);
      assertFalse(text.contains("innerHTML") && !path.contains("/vendor/"), path);
    }
    assertFalse(
        Pattern.compile("<style|style=|<script>| on[a-z]+=").matcher(get("/")).find(), "inline");
    assertFalse(Pattern.compile("\\bstyle=\"").matcher(scripts()).find(), "inline");
    assertFalse(scripts().contains("location.protocol"), "TLS of the page is none of the ports'");
  }

  /** What lies there is served: named by the page, or part of the one script. */
  @Test
  void everyFileThereIsIsServed() throws IOException {
    Set<String> named = new TreeSet<>();
    files().forEach(path -> named.add(path.replaceAll("^/page/[0-9a-f]+/", "")));
    String script = get(files().stream().filter(one -> one.endsWith("/app.js")).findFirst().get());
    for (String folder : List.of("app", "views", "i18n", "vendor")) {
      try (Stream<Path> all = Files.list(STATIC.resolve(folder))) {
        all.map(file -> folder + "/" + file.getFileName())
            .filter(name -> name.matches(".*\\.(js|css|json)"))
            .filter(name -> !named.contains(name))
            .map(name -> "const " + name.replace(".js", "").replace('/', '_') + "=(()=>{\n")
            .forEach(module -> assertTrue(script.contains(module), module));
      }
    }
    assertFalse(Pattern.compile("(?m)^(export|import .*\"\\./)").matcher(script).find());
  }

  @Test
  void asksOnlyThePublicApi() {
    Set<String> known =
        OpenApi.get().operations().stream()
            .map(operation -> operation.substring(operation.indexOf(' ') + 1))
            .map(path -> path.replaceAll("\\{[^}]+}", "*"))
            .collect(Collectors.toSet());
    Set<String> called = found(Pattern.compile("\"(/(?:api|actuator|healthz)[^\"?]*)"), scripts());
    assertTrue(called.contains("/api/v1/status"), called::toString);
    for (String path : called) {
      // What ends in a slash goes on with an id.
      boolean one =
          known.contains(path)
              || (path.endsWith("/") && known.contains(path + "*"))
              || known.contains(path.replaceAll("[^/]+$", "*")); // a topic of the streams
      boolean more = path.endsWith("/") && known.stream().anyMatch(k -> k.startsWith(path + "*"));
      assertTrue(one || more, path);
    }
  }

  @Test
  void everyLanguageHasEveryWord() throws IOException {
    Map<String, Set<String>> keys = new HashMap<>();
    for (String language : List.of("en", "ko")) {
      JsonNode words =
          JsonMapper.shared().readTree(STATIC.resolve("i18n/" + language + ".json").toFile());
      keys.put(language, new TreeSet<>(words.propertyNames()));
      words
          .properties()
          .forEach(word -> assertFalse(word.getValue().asString().isBlank(), word.getKey()));
    }
    Set<String> own = new TreeSet<>(keys.get("ko"));
    own.removeIf(PageTest::isOfTheServer);
    assertEquals(keys.get("en"), own);
    for (String key : keys.get("en")) {
      assertEquals(names(key, "en"), names(key, "ko"), key);
    }
  }

  private static boolean isOfTheServer(String key) {
    return SERVER.stream().anyMatch(key::startsWith);
  }

  /** What the API says is English there; the page says it by its code in every other language. */
  @Test
  void everyOtherLanguageHasWordsForAllThatTheServerSays() throws IOException {
    Map<String, Set<String>> said = new TreeMap<>();
    for (NoteCode code : NoteCode.values()) {
      said.put("note." + code.word(), code.names());
    }
    for (PolicyWords words : PolicyWords.values()) {
      assertNull(said.put("note." + words.word(), words.names()), "two meanings of " + words);
    }
    for (ProblemType type : ProblemType.values()) {
      said.put("problem." + type.slug(), Set.of());
      said.put("problem." + type.slug() + ".advice", Set.of());
    }
    for (AlertRule rule : AlertRule.values()) {
      said.put("alertText." + rule.word(), Set.of("subject", "value", "threshold"));
    }
    VERDICT.forEach((key, names) -> said.put("verdict." + key, names));
    JsonNode words = JsonMapper.shared().readTree(STATIC.resolve("i18n/ko.json").toFile());
    Set<String> known = new TreeSet<>(words.propertyNames());
    known.removeIf(key -> !isOfTheServer(key));
    assertEquals(said.keySet(), known);
    for (String key : known) {
      Set<String> unknown = new TreeSet<>(names(key, "ko"));
      unknown.removeAll(said.get(key));
      assertEquals(Set.of(), unknown, key);
      if (key.startsWith("verdict.")) {
        assertEquals(said.get(key), names(key, "ko"), "nothing is left out of " + key);
      }
    }
    for (AlertRule rule : AlertRule.values()) {
      for (String language : List.of("en", "ko")) {
        JsonNode all =
            JsonMapper.shared().readTree(STATIC.resolve("i18n/" + language + ".json").toFile());
        assertTrue(all.has("alert." + rule.word()), rule + " in " + language);
        assertTrue(all.has("alertAbout." + rule.word()), rule + " in " + language);
      }
    }
  }

  /** Reasons, actions and phases are codes that both languages have words for. */
  @Test
  void everyCodeHasWordsInEachLanguage() throws IOException {
    Set<String> keys = new TreeSet<>();
    for (String reason :
        List.of(
            Sampler.LATE,
            Sampler.KILL_SWITCH,
            Sampler.SHADOW,
            Sampler.TOO_EARLY,
            PolicySet.FALLBACK_REASON,
            "budget",
            "budget:free",
            "policy:elsewhere",
            "other",
            "others")) {
      keys.add("reason." + reason);
    }
    for (TraceClass one : TraceClass.values()) {
      if (one != TraceClass.POLICY) {
        keys.add("reason.budget:" + one.name().toLowerCase(Locale.ROOT));
        keys.add("class." + one.name().toLowerCase(Locale.ROOT));
      }
    }
    for (int place = 1; place <= BoostKeeper.ACTIVE_MAX; place++) {
      keys.add("reason." + ActiveBoost.COUNTED_AS + place);
    }
    List.of("rules", "recording", "approximation").forEach(one -> keys.add("basis." + one));
    for (PipelineView.Phase phase : PipelineView.Phase.values()) {
      keys.add("phase." + phase.name().toLowerCase(Locale.ROOT));
    }
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
        AUDITED
            .matcher(Files.readString(source))
            .results()
            .forEach(found -> keys.add("action." + found.group(1)));
      }
    }
    assertTrue(keys.containsAll(Set.of("action.policy.put", "action.boost.end")), keys::toString);
    for (String language : List.of("en", "ko")) {
      JsonNode words =
          JsonMapper.shared().readTree(STATIC.resolve("i18n/" + language + ".json").toFile());
      Set<String> missing = new TreeSet<>(keys);
      missing.removeAll(words.propertyNames());
      assertEquals(Set.of(), missing, language);
    }
  }

  private static Set<String> names(String key, String language) throws IOException {
    JsonNode words =
        JsonMapper.shared().readTree(STATIC.resolve("i18n/" + language + ".json").toFile());
    return found(Pattern.compile("\\{(\\w+)}"), words.path(key).asString());
  }

  @Test
  void everyWordThatIsUsedIsThereAndNoOther() throws IOException {
    JsonNode words = JsonMapper.shared().readTree(STATIC.resolve("i18n/en.json").toFile());
    String scripts = scripts();
    Set<String> missing = new TreeSet<>();
    KEY.matcher(scripts)
        .results()
        .filter(use -> !use.group(2).equals("+"))
        .map(use -> use.group(1))
        .filter(key -> !words.has(key))
        .forEach(missing::add);
    assertEquals(Set.of(), missing);
    Set<String> families = found(FAMILY, scripts);
    Predicate<String> used =
        key -> scripts.contains('"' + key + '"') || families.stream().anyMatch(key::startsWith);
    Set<String> unused = new TreeSet<>(words.propertyNames());
    unused.removeIf(used);
    assertEquals(Set.of(), unused);
  }

  /** All that a browser ever loads: it needs one language. */
  @Test
  void isSmall() {
    int sum = PageFiles.gzip(bytes("/")).length;
    int language = 0;
    for (String path : files()) {
      int bytes = PageFiles.gzip(bytes(path)).length;
      if (path.contains("/i18n/")) {
        language = Math.max(language, bytes);
      } else {
        sum += bytes;
      }
    }
    assertTrue(sum + language <= GZIP_BYTES_MAX, sum + language + " bytes");
  }

  @Test
  void theLibrariesAreThoseThatWereFetched() throws IOException, NoSuchAlgorithmException {
    Path vendor = STATIC.resolve("vendor");
    Set<String> checked = new TreeSet<>(Set.of("SHA384SUMS", "VERSION"));
    for (String line : Files.readAllLines(vendor.resolve("SHA384SUMS"))) {
      String[] parts = line.split(" {2}");
      byte[] hash =
          MessageDigest.getInstance("SHA-384").digest(Files.readAllBytes(vendor.resolve(parts[1])));
      assertEquals(parts[0], HexFormat.of().formatHex(hash), parts[1]);
      checked.add(parts[1]);
    }
    try (Stream<Path> all = Files.list(vendor)) {
      assertEquals(
          checked,
          all.map(file -> file.getFileName().toString())
              .collect(Collectors.toCollection(TreeSet::new)));
    }
    for (String line : Files.readAllLines(vendor.resolve("VERSION"))) {
      assertTrue(line.matches("\\w+ [0-9.]+ (MIT|Apache-2\\.0)"), line);
      String name = line.substring(0, line.indexOf(' '));
      assertTrue(Files.size(vendor.resolve(name + ".LICENSE")) > 500, name);
    }
  }
}
