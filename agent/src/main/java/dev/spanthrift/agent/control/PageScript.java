package dev.spanthrift.agent.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The page's modules as one: forty small files would be forty requests, and compress worse by a
 * quarter than their sum.
 *
 * <p>Each module becomes a function that is called once and returns what it exports, after those
 * that it imports; what comes from {@code vendor} stays an import. This holds for modules of the
 * form that ours have, and what has another is refused: imports {@code import {a, b as c} from
 * "…";} a line each, exports {@code export const|function|class} or {@code export {a, b};}, no
 * circle.
 */
final class PageScript {
  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (\\{[^}]*}|\\w+) from \"(\\.[^\"]+)\";\\n");
  private static final Pattern EXPORT =
      Pattern.compile("(?m)^export ((?:async )?(?:const|function|class) (\\w+))");
  private static final Pattern EXPORTS = Pattern.compile("(?m)^export \\{([^}]*)};\\n");
  private static final Pattern LEFT = Pattern.compile("(?m)^(import|export) .*");

  /** Whole lines of them: what stands behind code stays. */
  private static final Pattern COMMENTS = Pattern.compile("(?ms)^ *(//[^\\n]*|/\\*.*?\\*/) *\\n");

  private static final Pattern INDENTATION = Pattern.compile("(?m)^ +");

  private final Set<String> vendored = new LinkedHashSet<>();
  private final Map<String, String> done = new LinkedHashMap<>();
  private final List<String> open = new ArrayList<>();

  private PageScript() {}

  /** A module of the jar with all that it imports, such as {@code app/app.js}. */
  static String of(String main) {
    PageScript script = new PageScript();
    String body = script.body(main, new ArrayList<>());
    // In a block, because its names are its own like those of the others.
    return String.join("", script.vendored)
        + String.join("", script.done.values())
        + "{\n"
        + body
        + "}\n";
  }

  /** Without comments and indentation, which are for who reads here. */
  static String bare(String text) {
    return INDENTATION.matcher(COMMENTS.matcher(text).replaceAll("")).replaceAll("");
  }

  private void add(String name) {
    if (open.contains(name)) {
      throw new IllegalStateException("modules import each other: " + open);
    }
    if (!done.containsKey(name)) {
      List<String> exports = new ArrayList<>();
      String body = body(name, exports);
      done.put(
          name,
          "const %s=(()=>{%n%sreturn{%s};%n})();%n"
              .formatted(variable(name), body, String.join(",", exports)));
    }
  }

  private String body(String name, List<String> exports) {
    open.add(name);
    String text = bare(new String(PageFiles.read(name), UTF_8));
    text =
        IMPORT
            .matcher(text)
            .replaceAll(
                found -> Matcher.quoteReplacement(imported(name, found.group(1), found.group(2))));
    text =
        EXPORT
            .matcher(text)
            .replaceAll(
                found -> {
                  exports.add(found.group(2));
                  return Matcher.quoteReplacement(found.group(1));
                });
    text =
        EXPORTS
            .matcher(text)
            .replaceAll(
                found -> {
                  exports.addAll(List.of(found.group(1).strip().split("\\s*,\\s*")));
                  return "";
                });
    Matcher left = LEFT.matcher(text);
    if (left.find()) {
      throw new IllegalStateException(name + " has a form that is not known: " + left.group());
    }
    open.removeLast();
    return ScriptSpaces.without(text);
  }

  private String imported(String by, String names, String from) {
    String path = Path.of(by).resolveSibling(from).normalize().toString().replace('\\', '/');
    if (path.startsWith("vendor/")) {
      vendored.add("import " + names + " from \"../" + path + "\";\n");
      return "";
    }
    add(path);
    String taken =
        List.of(names.replaceAll("[{}]", "").strip().split("\\s*,\\s*")).stream()
            .map(one -> one.replace(" as ", ": "))
            .collect(Collectors.joining(", "));
    return "const { " + taken + " } = " + variable(path) + ";\n";
  }

  private static String variable(String name) {
    return name.replaceAll("\\.js$", "").replace('/', '_').replace('-', '_');
  }
}
