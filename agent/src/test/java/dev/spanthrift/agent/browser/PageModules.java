package dev.spanthrift.agent.browser;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page's modules beside the page itself, each by its name ({@code app_said} for {@code
 * app/said.js}), without the one that begins: for what no real sidecar can be brought to say.
 */
final class PageModules {
  private static final Pattern MAIN = Pattern.compile("(/page/[0-9a-f]+/)app/app\\.js");
  private static final Pattern VENDORED =
      Pattern.compile("(?m)^import (.+) from \"\\.\\./(vendor/[^\"]+)\";$");
  private static final String LAST_MODULE = "})();\n";

  private static final String HELP =
      """
      const until = async (holds) => {
        while (!holds()) await new Promise((done) => requestAnimationFrame(done));
        return holds();
      };
      const place = document.createElement('div');
      const drawn = (what, values, ready) => {
        document.body.append(place);
        app_lib.render(app_lib.h(what, values), place);
        return until(() => place.querySelector(ready));
      };
      const answers = {};
      const real = window.fetch;
      window.fetch = async (path, request) => {
        for (const [begin, answer] of Object.entries(answers)) {
          if (!path.startsWith(begin)) continue;
          const said = answer();
          if (said === undefined) break;
          return said instanceof Response ? said : new Response(JSON.stringify(said), {headers: {'content-type': 'application/json'}});
        }
        return real(path, request);
      };
      const refused = (status, type) => new Response(JSON.stringify({type: '/problems/' + type, title: 'Refused', status, detail: 'refused for a test'}), {status, headers: {'content-type': 'application/problem+json'}});
      """;

  private final Browser browser;
  private final String modules;
  private final String main;

  /** Of the page that this browser shows. */
  PageModules(Browser browser, RunningProgram program) {
    this.browser = browser;
    Matcher main = MAIN.matcher(program.ask("/").body());
    if (!main.find()) {
      throw new AssertionError("the page names no script");
    }
    String text = program.ask(main.group()).body();
    int begin = text.lastIndexOf(LAST_MODULE + "{\n") + LAST_MODULE.length();
    String bare = text.substring(0, begin);
    this.main = text.substring(begin);
    modules =
        VENDORED
            .matcher(bare)
            .replaceAll(
                found ->
                    Matcher.quoteReplacement(
                        "const %s = await import(location.origin + '%s%s');"
                            .formatted(
                                found.group(1).startsWith("{")
                                    ? found.group(1).replace(" as ", ": ")
                                    : "{default: " + found.group(1) + "}",
                                main.group(1),
                                found.group(2))));
  }

  /**
   * What a script returns that knows them; {@code drawn} renders a component and waits, {@code
   * answers} takes the place of what the API says under a path, or leaves it be with undefined.
   */
  Object run(String language, String script) {
    return said("await app_i18n.speak('" + language + "');\n" + script);
  }

  /** What a script returns after the one that begins has run; {@code thrown} is what left it. */
  Object runMain(String before, String after) {
    return said(
        before
            + "let thrown;\ntry "
            + main
            + "catch (error) { thrown = error.message; }\n"
            + after);
  }

  private Object said(String script) {
    Object said =
        browser.driver.executeAsyncScript(
            "const done = arguments[0];\n(async () => {\n"
                + modules
                + HELP
                + "try {\n"
                + script
                + "\n"
                + "} finally {\n"
                + "app_lib.render(null, place);\n"
                + "place.remove();\n"
                + "window.fetch = real;\n"
                + "app_memory.remember('language', 'en');\n"
                + "document.documentElement.lang = 'en';\n"
                + "}\n"
                + "})().then(done, (error) => done('failed: ' + error.stack));");
    if (said instanceof String text && text.startsWith("failed: ")) {
      throw new AssertionError(text);
    }
    return said;
  }
}
