package dev.spanthrift.agent.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.openqa.selenium.Keys;

/** Goes over a view by keys alone, and says what it did not come to or did not see. */
final class TabWalk {
  private static final int MORE = 12; // rows that came meanwhile

  /** Notes each element that gets the focus, and whether one sees that it has it. */
  private static final String BEGIN =
      """
      const shown = (one) => one.tabIndex >= 0 && !one.matches(':disabled') && one.checkVisibility({visibilityProperty: true});
      window.walk = {
        wanted: [...document.querySelectorAll('a, button, select, input, textarea, summary, [tabindex]')].filter(shown),
        seen: new Set(), dark: [],
      };
      document.activeElement?.blur();
      window.getSelection()?.removeAllRanges();
      addEventListener('focusin', walk.listener = (event) => {
        walk.seen.add(event.target);
        const style = getComputedStyle(event.target);
        if (style.outlineStyle === 'none' && style.boxShadow === 'none') walk.dark.push(event.target.outerHTML.slice(0, 160));
      });
      document.querySelector('.skip').focus();
      return walk.wanted.length;
      """;

  private static final String END =
      """
      removeEventListener('focusin', walk.listener);
      const missed = walk.wanted.filter((one) => one.isConnected && !walk.seen.has(one)).map((one) => 'not reached: ' + one.outerHTML.slice(0, 160));
      return [...missed, ...walk.dark.map((one) => 'no focus to be seen: ' + one)];
      """;

  /** What can be clicked and is nothing that the keyboard knows. */
  private static final String ONLY_CLICKED =
      """
      return [...document.querySelectorAll('a:not([href]), [onclick]:not(button, a, summary)')].map((one) => 'only clicked: ' + one.outerHTML.slice(0, 160));
      """;

  /** The browser's own frame comes after the last of a dialog. */
  private static final String WITHIN =
      """
      const one = document.activeElement;
      return one === document.body || document.querySelector(arguments[0]).contains(one);
      """;

  private static final String FOCUSED =
      "return document.activeElement === document.querySelector(arguments[0])";

  private TabWalk() {}

  static List<?> over(Browser browser) {
    List<?> clicked = (List<?>) browser.driver.executeScript(ONLY_CLICKED);
    if (!clicked.isEmpty()) {
      return clicked;
    }
    Number wanted = (Number) browser.driver.executeScript(BEGIN);
    browser.tab(wanted.intValue() + MORE);
    return (List<?>) browser.driver.executeScript(END);
  }

  static void focus(Browser browser, String selector) {
    browser.driver.executeScript("document.querySelector(arguments[0]).focus()", selector);
  }

  /** Opens a dialog, which keeps the focus, and leaves it again to where one was. */
  static void opensByEnter(Browser browser, String button, String dialog) {
    focus(browser, button);
    browser.press(Keys.ENTER);
    browser.find(dialog + "[open]");
    for (int i = 0; i < 3; i++) {
      browser.tab(1);
      assertEquals(true, browser.driver.executeScript(WITHIN, dialog), dialog + " keeps the focus");
    }
    browser.press(Keys.ESCAPE);
    browser.until(dialog + " is closed", () -> !browser.has(dialog));
    browser.until(
        "back where one was",
        () -> Boolean.TRUE.equals(browser.driver.executeScript(FOCUSED, button)));
  }
}
