package dev.spanthrift.agent.browser;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Looks at views in both themes, languages and widths: too wide, what axe finds, English that is
 * not marked as such. Pictures are left in {@code target/browser}, to be looked at.
 */
final class PageLook {
  static final Path LEFT = Path.of("target", "browser");

  /** English sentences that a reader of another language would be read with the wrong voice. */
  private static final String UNMARKED =
      """
      const found = [];
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const words = node.data.match(/(?:^|\\s)[A-Za-z]?[a-z',]+(?:\\s+[a-z',]{2,}){3,}/);
        if (words && node.parentElement.closest('[lang]').lang !== 'en' && !node.parentElement.closest('code, pre, textarea')) found.push(node.data);
      }
      return found;
      """;

  /** What is wider than its place and neither wraps nor scrolls there lies over its neighbour. */
  private static final String SPILLED =
      """
      const over = (element) => element.scrollWidth - element.clientWidth;
      const held = (element) => { for (let at = element; at; at = at.parentElement) if (getComputedStyle(at).overflowX !== 'visible') return true; return false; };
      return [...document.querySelectorAll('#app *')]
        .filter((one) => one.clientWidth > 0 && over(one) > 1 && !one.closest('svg, .hidden') && !held(one))
        .map((one) => one.tagName + '.' + one.className + ' by ' + over(one) + ' px: ' + one.textContent.slice(0, 60));
      """;

  private final Browser browser;
  private final String name;
  private final List<String> wrong = new ArrayList<>();
  private long pictureNanos;
  private long axeNanos;

  PageLook(Browser browser, String name) {
    this.browser = browser;
    this.name = name;
  }

  /** One way of looking. */
  record Way(String language, String theme, int width) {
    @Override
    public String toString() {
      return language + " " + theme + " " + width;
    }
  }

  /**
   * Every pair of theme and width (contrast), of language and width (what does not fit) and of
   * language and theme: what only all three together bring about is not looked for.
   */
  static List<Way> ways() {
    return List.of(
        new Way("en", "light", 1100),
        new Way("ko", "dark", 1100),
        new Way("ko", "light", 375),
        new Way("en", "dark", 375),
        new Way("ko", "dark", 320), // WCAG 1.4.10: 1280 px at 400 %
        new Way("en", "light", 320)); // English at the end, for what is read after
  }

  /** Looks at what is open in these ways, as a reader would change them: without loading anew. */
  void at(String view, String ready, List<Way> ways) throws IOException {
    for (Way way : ways) {
      browser.size(way.width, 900);
      browser.prefers(way.theme);
      speak(way.language);
      browser.find(ready);
      look(view, way);
    }
  }

  void speak(String language) {
    browser.choose("#language", language);
    browser.until(
        "the page in " + language,
        () ->
            browser.driver.executeScript("return document.documentElement.lang").equals(language));
  }

  private void look(String view, Way way) throws IOException {
    String what = (name.isEmpty() ? view : name + " " + view) + " " + way;
    long begin = System.nanoTime();
    browser.screenshot(LEFT.resolve(what.replaceAll("[^\\w.]+", "-") + ".png"));
    pictureNanos += System.nanoTime() - begin;
    Map<?, ?> size =
        (Map<?, ?>)
            browser.driver.executeScript(
                """
                const root = document.documentElement;
                return {over: root.scrollWidth - root.clientWidth};
                """);
    if (((Number) size.get("over")).intValue() > 0) {
      wrong.add(what + " is " + size + " px too wide");
    }
    List<?> spilled = (List<?>) browser.driver.executeScript(SPILLED);
    spilled.forEach(one -> wrong.add(what + ": lies over its neighbour: " + one));
    long asked = System.nanoTime();
    browser.violations().forEach(violation -> wrong.add(what + ": " + violation));
    axeNanos += System.nanoTime() - asked;
    if (!way.language.equals("en")) {
      List<?> english = (List<?>) browser.driver.executeScript(UNMARKED);
      english.forEach(text -> wrong.add(what + ": English that is not marked: " + text));
    }
  }

  /** Where the time went. */
  String cost() {
    return "pictures %d ms, axe %d ms".formatted(pictureNanos / 1_000_000, axeNanos / 1_000_000);
  }

  /** What was not as it should be, in words. */
  List<String> wrong() {
    return wrong;
  }

  /** Leaves lines beside the pictures. */
  static void leave(String file, List<String> lines) throws IOException {
    Files.createDirectories(LEFT);
    Files.write(LEFT.resolve(file), lines);
    lines.forEach(System.out::println);
  }
}
