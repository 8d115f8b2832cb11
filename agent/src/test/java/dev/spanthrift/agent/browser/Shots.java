package dev.spanthrift.agent.browser;

import java.nio.file.Path;

final class Shots {
  public static void main(String[] a) throws Exception {
    try (Browser b = Browser.open()) {
      String base = a[0];
      Path into = Path.of(a[1]);
      String[] widths = a[2].split(",");
      String[] themes = a[3].split(",");
      String[] languages = a[4].split(",");
      for (String lang : languages) {
        b.go(base);
        b.until("app", () -> b.has("#state"));
        b.driver.executeScript("localStorage.setItem('spanthrift.language', arguments[0]); localStorage.setItem('spanthrift.tour','done')", lang);
        b.go("about:blank");
        for (int i = 5; i < a.length; i++) {
          for (String w : widths) {
            for (String th : themes) {
              b.prefers(th);
              b.size(Integer.parseInt(w), 900);
              b.go("about:blank");
              b.go(base + a[i]);
              Thread.sleep(3500);
              b.screenshot(into.resolve(a[i].replaceAll("\\W+", "_") + "-" + lang + "-" + th + "-" + w + ".png"));
            }
          }
        }
      }
      b.heardNothingBut("never");
    }
  }
}
