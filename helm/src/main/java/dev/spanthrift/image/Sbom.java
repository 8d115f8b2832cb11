package dev.spanthrift.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is in an image, in CycloneDX: of the libraries that Maven's plugin lists, those that lie in
 * the image, and what Maven knows nothing of, the Java runtime and the C library.
 */
final class Sbom {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Pattern GLIBC = Pattern.compile("GNU C Library .* version (\\d+\\.\\d+)");

  private static final Pattern JAR = Pattern.compile("(.+?)-(\\d.*)\\.jar");

  private Sbom() {}

  /**
   * Writes it.
   *
   * @param libraries of the plugin
   * @param jars in the image
   */
  static void write(Path libraries, ImageFolder folder, List<String> jars, Path file)
      throws IOException {
    ObjectNode document = (ObjectNode) JSON.readTree(Files.readAllBytes(libraries));
    ArrayNode kept = JSON.createArrayNode();
    List<String> missing = new ArrayList<>(jars);
    for (JsonNode component : document.path("components")) {
      String name = component.path("name").asString() + "-" + component.path("version").asString();
      List<String> its = jars.stream().filter(jar -> isOf(jar, name)).toList();
      if (!its.isEmpty()) {
        kept.add(component);
        missing.removeAll(its);
      }
    }
    // Of a scope that the plugin leaves out for this module, and in the sidecar all the same.
    for (String jar : missing) {
      Matcher parts = JAR.matcher(jar);
      if (!parts.matches()) {
        throw new ImageException(jar + " is in the image and not in " + libraries);
      }
      kept.add(JSON.valueToTree(ordered("library", parts.group(1), parts.group(2))));
    }
    kept.add(JSON.valueToTree(runtime(folder)));
    kept.add(JSON.valueToTree(glibc(folder)));
    document.set("components", kept);
    document.remove("dependencies"); // of libraries that are partly not in here
    Files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(document));
  }

  private static boolean isOf(String jar, String name) {
    return jar.equals(name + ".jar") || jar.startsWith(name + "-");
  }

  private static Map<String, Object> runtime(ImageFolder folder) throws IOException {
    Properties release = new Properties();
    try (InputStream in = Files.newInputStream(folder.of(ImageFolder.JAVA + "/release"))) {
      release.load(in);
    }
    String version = release.getProperty("JAVA_VERSION", "").replace("\"", "");
    return component("platform", "openjdk", version, "GPL-2.0-only WITH Classpath-exception-2.0");
  }

  /** The library carries its version in words. */
  private static Map<String, Object> glibc(ImageFolder folder) throws IOException {
    for (Path path : folder.below("")) {
      if (path.endsWith("libc.so.6")) {
        Matcher version =
            GLIBC.matcher(new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1));
        if (version.find()) {
          return component("library", "glibc", version.group(1), "LGPL-2.1-or-later");
        }
      }
    }
    throw new ImageException("no glibc in the image that says its version");
  }

  private static Map<String, Object> component(
      String type, String name, String version, String licence) {
    Map<String, Object> words = ordered(type, name, version);
    words.put("licenses", List.of(Map.of("expression", licence)));
    return words;
  }

  private static Map<String, Object> ordered(String type, String name, String version) {
    Map<String, Object> words = new LinkedHashMap<>();
    words.put("type", type);
    words.put("name", name);
    words.put("version", version);
    return words;
  }
}
