package dev.spanthrift.agent.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts of the page in a real browser, with answers that a sidecar gives seldom or after days. */
@Tag("browser")
class PageModulesIT {
  private static final String EXPLANATION =
      """
      answers['/api/v1/traces/'] = () => ({
        traceId: '1'.repeat(32), verdict: 'Waits for the other sidecars.', state: 'limbo', reasons: [], notes: [],
        decisions: [{number: 1, at: new Date().toISOString(), outcome: 'limbo', service: 'cart', operation: 'GET', spans: 1, bytes: 9,
          duration: 1, error: true, rooted: true, policyVersion: 1, policies: [], destinations: [],
          draw: {probability: 0.5, inclusion: 0.5, threshold: '8', randomness: '9'.repeat(14), upstream: 1}}],
        otherwise: ['rules', 'recording', 'approximation', undefined].map((basis) =>
          ({under: 'u', outcome: 'kept', why: 'w', notes: [{code: 'underVersion', values: {version: 1234}}, {code: 'policyDecides', values: {policy: 'p'}}], basis})),
      });
      await drawn(views_explain.Explain, {args: ['1'.repeat(32)], query: new URLSearchParams()}, '#verdict');
      return [place.querySelector('#verdict').innerText, place.querySelector('#otherwise').innerText];
      """;

  @TempDir static Path folder;
  private static RunningProgram sidecar;
  private static Browser browser;
  private static PageModules modules;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    assumeTrue(Browser.isThere(), "skipped: no browser");
    sidecar =
        RunningProgram.start(
            folder.resolve("sidecar"),
            Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
            "run");
    browser = Browser.open();
    browser.go(sidecar.url());
    browser.find("#state");
    modules = new PageModules(browser, sidecar);
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
    if (sidecar != null) {
      sidecar.close();
    }
  }

  private static String text(String script) {
    return String.valueOf(modules.run("en", script));
  }

  /** A gRPC channel is idle after a quiet while, and an error of another day proves nothing. */
  @Test
  void aClosedConnectionIsNotAnOutage() {
    String script =
        """
        const status = await app_api.get('/api/v1/status');
        status.destinations = [{...status.destinations[0], name: 'backend', connected: false, away: %s, lastError: 'status_400: of Monday', answers: {accepted: 9}}];
        await drawn(app_banners.Banners, {status}, '.banners');
        const banner = place.innerText;
        await drawn(views_pipeline.Pipeline, {status}, '#destinations');
        return banner + '|' + place.querySelector('#destinations').innerText;
        """;
    String idle = text(script.formatted("false"));
    assertFalse(idle.contains("of Monday") && idle.indexOf("of Monday") < idle.indexOf('|'), idle);
    assertTrue(idle.contains("no open connection"), idle);
    String away = text(script.formatted("true"));
    assertTrue(away.indexOf("of Monday") < away.indexOf('|'), away);
  }

  @Test
  void thePeriodIsAskedForAgainWhenTheSidecarHasStartedAnew() {
    Object recalled =
        modules.run(
            "en",
            """
            const at = (seconds) => new Date(Date.now() + 1000 * seconds).toISOString();
            answers['/api/v1/history'] = () => ({at: [at(-50), at(-40)], received: [0, 1], kept: {}, dropped: {}, periods: [], spent: {month: [1, 2]}});
            const seen = (seconds, received) => app_history.watch({now: at(seconds), spans: {received, keptByReason: {}, droppedByReason: {}}});
            const spent = () => app_history.spentSoFar({name: 'month', period: {from: at(-3600)}, spent: 3}).map((one) => one[1]);
            seen(-20, 900);
            seen(-10, 4);
            return await until(() => spent().includes(1));
            """);
    assertEquals(true, recalled);
  }

  @Test
  void anOperationThatNobodyAnswersForIsForgotten() {
    Object seen =
        modules.run(
            "en",
            """
            const row = (operation, spans) => ({service: 's', operation, all: {spans}, kept: {spans}});
            const {watchOperations, seenHere} = views_opshistory;
            watchOperations({operations: [row('a', 0), row('b', 0)]}, 0);
            watchOperations({operations: [row('a', 5), row('b', 5)]}, 5_000);
            const before = [seenHere(row('a')).length, seenHere(row('b')).length];
            for (let at = 10_000; at <= 70_000; at += 5_000) watchOperations({operations: [row('b', at)]}, at);
            return [...before, seenHere(row('a')).length, seenHere(row('b')).length];
            """);
    assertEquals(List.of(1L, 1L, 0L, 14L), seen);
  }

  @Test
  void onlySilenceIsToldAsNoAnswer() {
    String silence = "no answer from the sidecar";
    String script =
        """
        answers['/api/v1/x'] = () => { throw new %s; };
        const error = await app_api.get('/api/v1/x').catch((one) => one);
        await drawn(app_ui.Trouble, {error}, '.trouble');
        return place.innerText;
        """;
    assertTrue(text(script.formatted("TypeError('Failed to fetch')")).contains(silence));
    assertTrue(text(script.formatted("DOMException('late', 'TimeoutError')")).contains(silence));
    String fault =
        text(
            """
            await drawn(app_ui.Trouble, {error: new TypeError('x is undefined')}, '.trouble');
            return place.innerText;
            """);
    assertTrue(fault.contains("x is undefined") && !fault.contains(silence), fault);
  }

  /** Else its reader would do it again. */
  @Test
  void aWriteThatSucceededIsDoneWhateverFollows() {
    String told =
        text(
            """
            let followed = 0;
            answers['/api/v1/x'] = () => ({});
            await drawn(app_write.Write, {id: 'x', request: {method: 'POST', path: '/api/v1/x'}, label: 'Do', onDone: () => { followed++; throw new TypeError('of what follows'); }}, 'form');
            const expected = (event) => event.preventDefault();
            addEventListener('unhandledrejection', expected);
            place.querySelector('form').requestSubmit();
            await until(() => place.querySelector('.done, .trouble'));
            removeEventListener('unhandledrejection', expected);
            return followed + place.innerText;
            """);
    assertTrue(told.startsWith("1") && told.contains("✓"), told);
    assertFalse(told.contains("✗"), told);
  }

  @Test
  void theVerdictOfATraceInLimboIsWholeInBothLanguages() {
    List<?> english = (List<?>) modules.run("en", EXPLANATION);
    String verdict = String.valueOf(english.getFirst());
    assertTrue(verdict.endsWith("Waits for the other sidecars."), verdict);
    String others = String.valueOf(english.getLast());
    for (String basis : List.of("rules asked again", "recording played", "approximation")) {
      assertTrue(others.contains(basis), others);
    }
    List<?> korean = (List<?>) modules.run("ko", EXPLANATION);
    verdict = String.valueOf(korean.getFirst());
    assertTrue(verdict.contains("오류") && verdict.contains("스팬 1개"), verdict);
    others = String.valueOf(korean.getLast());
    assertTrue(others.contains("기록 재생") && others.contains("1,234"), others);
    assertFalse((verdict + others).contains("{"), verdict + others);
  }

  /** A cause by code is in the reader's language; one in words is marked as English. */
  @Test
  void causesWithinASentenceAreReadWithTheRightVoice() {
    String script =
        """
        place.innerText = '';
        await drawn((values) => app_lib.h('p', null, app_lib.h(app_said.Said, values)), {note: {code: 'notAllWeighed', values: {why: %s}}, text: 'x'}, 'p');
        return [place.querySelector('[lang=en]')?.innerText ?? '', place.innerText];
        """;
    List<?> free = (List<?>) modules.run("ko", script.formatted("'of its own'"));
    assertEquals("of its own", free.getFirst());
    List<?> coded = (List<?>) modules.run("ko", script.formatted("{code: 'recordingIsLong'}"));
    assertEquals("", coded.getFirst());
    assertTrue(String.valueOf(coded.getLast()).contains("기록이 깁니다"), coded::toString);
  }
}
