package dev.spanthrift.agent.control.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;
import tools.jackson.dataformat.yaml.util.StringQuotingChecker;

/** Policy documents as text: JSON or YAML in and out, and the fingerprint of their content. */
public enum BodyFormat {
  JSON("application/json", ""),
  YAML("application/yaml", "-yaml");

  private static final JsonMapper JSON_MAPPER =
      new JsonMapper(
          JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build());

  /** Keys of an object have no order that matters; elements of a list, such as policies, have. */
  private static final ObjectWriter SORTED =
      JSON_MAPPER.writer().with(JsonNodeFeature.WRITE_PROPERTIES_SORTED);

  private final String mediaType;
  private final String etagSuffix;

  BodyFormat(String mediaType, String etagSuffix) {
    this.mediaType = mediaType;
    this.etagSuffix = etagSuffix;
  }

  public String mediaType() {
    return mediaType;
  }

  /** Strong ETag of this form: equal content has equal tags, the two forms have different ones. */
  public String etag(String hash) {
    return '"' + hash + etagSuffix + '"';
  }

  /**
   * Reads one document.
   *
   * @throws ProblemException of type SYNTAX, with line and column
   */
  public JsonNode read(byte[] text) {
    JsonNode root;
    try {
      root = mapper().readTree(text);
    } catch (JacksonException e) {
      throw new ProblemException(ProblemType.SYNTAX, words(e) + place(e));
    }
    if (root.isMissingNode() || root.isNull()) {
      throw new ProblemException(ProblemType.SYNTAX, "the body is empty");
    }
    return root;
  }

  public byte[] write(JsonNode root) {
    return mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
  }

  /** Compact JSON with sorted keys: equal content, equal text. */
  public static String canonical(JsonNode root) {
    return SORTED.writeValueAsString(root);
  }

  /** 32 hexadecimal digits: half of the SHA-256 of the compact JSON with sorted keys. */
  public static String hash(JsonNode root) {
    try {
      byte[] compact = canonical(root).getBytes(StandardCharsets.UTF_8);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(compact);
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private ObjectMapper mapper() {
    return switch (this) {
      case JSON -> JSON_MAPPER;
      case YAML -> Yaml.MAPPER;
    };
  }

  /** Without the name of the exception below it. */
  private static String words(JacksonException e) {
    return String.valueOf(e.getOriginalMessage()).replaceFirst("^([a-z]+\\.)+[A-Z]\\w*: ", "");
  }

  private static String place(JacksonException e) {
    var location = e.getLocation();
    return location == null || location.getLineNr() < 1
        ? ""
        : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
  }

  /** Loaded when somebody first speaks YAML: most sidecars never do. */
  private static final class Yaml {
    static final YAMLMapper MAPPER =
        YAMLMapper.builder(
                YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                    .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
                    .stringQuotingChecker(new Quoting())
                    .build())
            .build();
  }

  /** Quotes whatever a reader could take for something else than text: 1e3, 0x1F, 1:30. */
  private static final class Quoting extends StringQuotingChecker.Default {
    private static final Pattern PLAIN =
        Pattern.compile("[A-Za-z/][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*");

    @Override
    public boolean needToQuoteValue(String value) {
      return !PLAIN.matcher(value).matches() || super.needToQuoteValue(value);
    }
  }
}
