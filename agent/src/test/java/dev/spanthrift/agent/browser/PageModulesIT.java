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

  /** A status, an answer for each path that must have one, and no answer for all others. */
  private static final String UNANSWERED =
      """
      const status = await app_api.get('/api/v1/status');
      const spend = await app_api.get('/api/v1/spend');
      const {html} = app_lib;
      const unanswered = async (View, args, needed = {}) => {
        for (const path of Object.keys(answers)) delete answers[path];
        Object.assign(answers, needed, {'/api/': () => refused(503, 'overloaded')});
        const query = new URLSearchParams();
        await drawn(() => html`<${app_banners.Banners} status=${status} /><main><${View} args=${args} query=${query} status=${status} /></main>`, {}, 'main .trouble');
        await until(() => !place.querySelector('main').innerText.includes(app_i18n.t('loading')));
        const text = place.querySelector('main').innerText;
        const claims = ['spenders.none', 'changes.none', 'op.entry', 'decisions.none', 'decisions.noMatch', 'overview.noErrors', 'audit.none', 'boosts.none',
          'fleet.none', 'report.soon', 'ops.noMatch', 'alerts.how', 'whatif.nothing'].filter((key) => text.includes(app_i18n.t(key)));
        const again = place.querySelectorAll('main .again').length > 0;
        app_lib.render(null, place);
        return [...claims, ...(text.includes('refused for a test') ? [] : ['no reason']), ...(again ? [] : ['no way to try again'])];
      };
      """;

  @Test
  void whatNobodyAnsweredIsNeverToldAsNone() {
    Object claims =
        modules.run(
            "en",
            UNANSWERED
                + """
                const found = {};
                found.unpaid = await unanswered(views_overview.Overview, []);
                found.overview = await unanswered(views_overview.Overview, [], {'/api/v1/spend': () => spend});
                found.operations = await unanswered(views_operations.Operations, []);
                found.operation = await unanswered(views_operation.Operation, ['s', 'o']);
                found.policy = await unanswered(views_policy.Policy, []);
                found.whatif = await unanswered(views_whatif.WhatIf, [], {'/api/v1/spend': () => spend});
                found.explain = await unanswered(views_explain.Explain, ['1'.repeat(32)]);
                found.decisions = await unanswered(views_explain.Explain, []);
                found.fleet = await unanswered(views_fleet.Fleet, []);
                found.audit = await unanswered(views_audit.Audit, []);
                found.alerts = await unanswered(views_alerts.Alerts, []);
                found.boosts = await unanswered(views_boost.Boosts, []);
                found.versions = await unanswered(views_versions.Versions, []);
                return Object.entries(found).filter(([, wrong]) => wrong.length > 0).map(([view, wrong]) => view + ': ' + wrong.join(', '));
                """);
    assertEquals(List.of(), claims);
  }

  /** It is said once above, by what was asked, with a way to give a token where that is missing. */
  @Test
  void whatIsOldIsSaidAboveTheView() {
    List<?> told =
        (List<?>)
            modules.run(
                "en",
                """
                const status = await app_api.get('/api/v1/status');
                let refusal = () => refused(429, 'rate-limited');
                answers['/api/v1/audit'] = () => refusal();
                answers['/api/v1/alerts'] = () => refusal();
                const View = () => { app_live.useLive('/api/v1/audit?limit=5'); app_live.useLive('/api/v1/alerts'); return null; };
                let asked = 0;
                const banners = () => app_lib.html`<${app_banners.Banners} status=${status} onToken=${() => asked++} /><${View} />`;
                await drawn(banners, {}, '#banner-missed');
                await until(() => place.innerText.includes('alerts') && place.innerText.includes('audit'));
                const limited = place.querySelector('#banner-missed').innerText;
                refusal = () => refused(401, 'token-required');
                app_live.refresh();
                (await until(() => place.querySelector('#banner-missed button'))).click();
                refusal = () => undefined;
                app_live.refresh();
                await until(() => !place.querySelector('#banner-missed'));
                return [limited, asked];
                """);
    String limited = String.valueOf(told.getFirst());
    assertTrue(limited.contains("refused for a test"), limited);
    assertEquals(1L, told.getLast());
  }

  @Test
  void aPolicyThatNobodyValidatedIsNotFoundWrong() {
    String script =
        """
        const status = await app_api.get('/api/v1/status');
        await drawn(views_policy.Policy, {status}, '#verdict-line.good');
        let failing = true;
        answers['/api/v1/policy:validate'] = () => { if (failing) %s; };
        const editor = place.querySelector('#policy-text');
        editor.value = 'policies: []\\ndefault: {keep: true}\\n';
        editor.dispatchEvent(new Event('input', {bubbles: true}));
        await until(() => place.querySelector('#not-validated'));
        const said = place.querySelector('#findings').innerText + (place.querySelector('.findings li') ? ' a finding' : '');
        const apply = () => place.querySelector('#apply button[type=submit]').disabled;
        const before = apply() && place.querySelector('#form fieldset').disabled;
        failing = false;
        place.querySelector('#not-validated .again').click();
        await until(() => place.querySelector('#verdict-line.good') && !place.querySelector('#not-validated'));
        return [said, before, apply()];
        """;
    for (String failure :
        List.of(
            "throw new TypeError('Failed to fetch')",
            "return refused(401, 'token-required')",
            "return refused(403, 'role-required')",
            "return refused(429, 'rate-limited')",
            "return refused(503, 'overloaded')",
            "return new Response('<h1>Sign in</h1>', {headers: {'content-type': 'text/html'}})")) {
      List<?> told = (List<?>) modules.run("en", script.formatted(failure));
      String said = String.valueOf(told.getFirst());
      assertTrue(said.contains("Not validated"), failure + ": " + said);
      assertFalse(said.contains("finding") || said.contains("Failed to fetch"), said);
      assertEquals(List.of(true, false), told.subList(1, 3), failure + ": applied only after it");
    }
    List<?> wrong =
        (List<?>)
            modules.run(
                "en",
                script
                    .formatted("return refused(400, 'syntax')")
                    .replace(
                        "await until(() => place.querySelector('#not-validated'));",
                        "await until(() => place.querySelector('.findings li'));\n"
                            + "return [place.querySelector('#findings').innerText];"));
    assertTrue(String.valueOf(wrong.getFirst()).contains("refused for a test"), wrong::toString);
  }

  /** Of a proxy that wants a password, or a gateway that found nobody. */
  @Test
  void whatSomebodyElseAnsweredIsNoData() {
    String script =
        """
        answers['/api/v1/x'] = () => new Response('<h1>Sign in</h1>', {status: %d, headers: {'content-type': 'text/html'}});
        const error = await app_api.get('/api/v1/x').catch((one) => one);
        await drawn(app_ui.Trouble, {error}, '.trouble');
        return place.innerText;
        """;
    String page = text(script.formatted(200));
    assertTrue(page.contains("something else than the sidecar"), page);
    String gateway = text(script.formatted(502));
    assertTrue(gateway.contains("HTTP 502") && !gateway.contains("h1"), gateway);
  }

  @Test
  void aLanguageThatDoesNotComeLeavesTheOneOfBefore() {
    Object left =
        modules.run(
            "en",
            """
            answers['/page/'] = () => new Response('', {status: 503});
            const failed = await app_i18n.speak('ko').then(() => false, () => true);
            return [failed, app_i18n.spoken(), app_i18n.t('view.none'), app_memory.recall('language')];
            """);
    assertEquals(List.of(true, "en", "No such view", "en"), left);
  }

  @Test
  void aBoostIsNamedByWhatItMatchesInBothLanguages() {
    String script =
        EXPLANATION.replace(
            "policyVersion: 1, policies: []",
            "policyVersion: 1, policies: [], boost: {id: 'bmx4byppf', match: {service: 'shop',"
                + " operation: 'POST /login'}, words: 'POST /login of shop', reason: 'incident"
                + " 7'}");
    String korean =
        String.valueOf(
            ((List<?>)
                    modules.run(
                        "ko",
                        script.replace("outcome: 'limbo', service", "outcome: 'kept', service")))
                .getFirst());
    assertTrue(korean.contains("shop · POST /login") && korean.contains("bmx4byppf"), korean);
    assertTrue(korean.contains("incident 7") && !korean.contains("{"), korean);
  }

  /** Only to the web, and without a hand on this page. */
  @Test
  void theLinkToTheBackendIsOneOfTheWeb() {
    String script =
        EXPLANATION
            .replace("traceId: '1'.repeat(32),", "traceId: '1'.repeat(32), backend: '%s',")
            .replaceAll(
                "return \\[.*",
                "const link = place.querySelector('#backend'); return link ? link.href + ' ' +"
                    + " link.rel : 'none';");
    assertEquals(
        "https://tempo.example/t/1 noopener noreferrer",
        text(script.formatted("https://tempo.example/t/1")));
    assertEquals("none", text(script.formatted("javascript:alert(1)")));
  }

  @Test
  void whatASidecarDoesNotSayIsUnknown() {
    String members =
        text(
            """
            const member = {secondsAgo: 0, version: '1', policy: 'p', price: 'q', pricePerGigabyte: 1, spans: 1, bytes: 1, kept: 1, spent: 1};
            answers['/api/v1/fleet'] = () => ({configured: true, edges: [], here: {pod: 'new', engine: 'e', latencyMillis: 1, pods: 2, podsKnown: true, fleet: 'f', wholeness: {}},
              members: [{...member, pod: 'new', residentBytes: 150e6, processors: 0.1234}, {...member, pod: 'old', residentBytes: null}]});
            await drawn(views_fleet.Fleet, {}, '#members tbody tr:nth-child(2)');
            return [...place.querySelectorAll('#members tbody tr')].map((row) => row.innerText.replaceAll(/\\s+/g, ' ')).join('|');
            """);
    String[] rows = members.split("\\|");
    assertTrue(rows[0].contains("150 MB") && rows[0].contains("0.12"), members);
    assertTrue(rows[1].startsWith("old") && rows[1].contains("unknown unknown"), members);
  }

  /** By the code of each sentence; words of a parser of patterns stay English, and marked. */
  @Test
  void findingsAboutAPolicyAreInTheReadersLanguage() {
    List<?> found =
        (List<?>)
            modules.run(
                "ko",
                """
                const status = await app_api.get('/api/v1/status');
                await drawn(views_policy.Policy, {status}, '#verdict-line.good');
                const say = async (text) => {
                  const editor = place.querySelector('#policy-text');
                  editor.value = text;
                  editor.dispatchEvent(new Event('input', {bubbles: true}));
                  const first = text.match(/first: (.*)/)[1];
                  await until(() => place.querySelector('.findings li')?.innerText.includes(first));
                  return [...place.querySelectorAll('.findings li')].map((one) => one.innerText + ' [' + [...one.querySelectorAll('[lang=en]')].map((part) => part.innerText).join() + ']');
                };
                return [
                  ...await say('policies: 7 # first: 목록'),
                  ...await say('policies: [{name: a, keep: true}, {name: b, match: {service: x}, drop: true}] # first: 먼저'),
                  ...await say('policies: [{name: a, match: {name: {matches: "("}}, keep: true}] # first: RE2'),
                ];
                """);
    assertEquals("/policies 7 · 목록 []", found.getFirst(), found::toString);
    String hidden = String.valueOf(found.get(1));
    assertTrue(hidden.contains("“b”") && hidden.endsWith("[]"), hidden);
    String pattern = String.valueOf(found.get(2));
    assertTrue(pattern.contains("“(”") && !pattern.endsWith("[]"), pattern);
  }

  /** What is kept is a few in a hundred: on an even axis it lies on the ground. */
  @Test
  void reasonsHaveAScaleOfLogarithmsWithALineForEach() {
    List<?> seen =
        (List<?>)
            modules.run(
                "en",
                """
                const texts = new Set();
                const write = CanvasRenderingContext2D.prototype.fillText;
                CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) { texts.add(text); return write.call(this, text, ...rest); };
                answers['/api/v1/history'] = () => ({at: [], received: [], kept: {}, dropped: {}, periods: [], spent: {}});
                const status = {spans: {kept: 50, dropped: 50_000}};
                for (let i = 0; i <= 60; i++) {
                  app_history.watch({now: new Date(Date.now() - 1000 * (60 - i)).toISOString(), spans: {received: 1001 * i, keptByReason: {late: i, other: Math.min(i, 30)}, droppedByReason: {default: 1000 * i}}});
                }
                const axis = async (form) => {
                  texts.clear();
                  await drawn(views_reasons.Reasons, {status, form, marks: []}, '#reasons canvas');
                  await until(() => texts.size > 3);
                  const found = ['1', '10', '100', '1,000'].filter((text) => texts.has(text));
                  const pressed = place.querySelector('[aria-pressed=true]').innerText + ' ' + [...place.querySelectorAll('.legend li')].map((one) => one.innerText).find((one) => one.includes('others'));
                  app_lib.render(null, place);
                  return found.length + ' ' + pressed;
                };
                const all = [await axis('spans'), await axis('log')];
                CanvasRenderingContext2D.prototype.fillText = write;
                return all;
                """);
    assertEquals("4 log others 0 /s", seen.getLast(), "of late, not when there was one");
    assertFalse(String.valueOf(seen.getFirst()).startsWith("4"), seen::toString);
  }

  @Test
  void estimatesAreDrawnAgainstTheTruthAndThoseThatMissItAreMarked() {
    List<?> seen =
        (List<?>)
            modules.run(
                "en",
                """
                const row = (operation, truth, estimate, low, high) => ({service: 's', operation, keptShare: 0.1, kept: {spans: 1, errors: 0, money: 0},
                  all: {spans: truth, errors: 0, perSecond: 1, money: 0, p95: 0.2}, estimate: {spans: {estimate, low, high}, errors: {}, p95: {estimate: 0.1, low: 0.05, high: null}}});
                const rows = [row('hit', 1000, 900, 800, 1100), row('miss', 1000, 100, 50, 200), row('half-open', 10, 20, null, 30), row('unkept', 5, 0, null, null)];
                const look = async (measure) => {
                  await drawn(views_scatter.Scatter, {rows, seconds: 10, measure, open: 0}, '#scatter tbody tr');
                  const found = [place.querySelector('.say').innerText, place.querySelectorAll('.s-in').length, place.querySelectorAll('.s-off').length, place.querySelector('tbody tr').innerText];
                  app_lib.render(null, place);
                  return found;
                };
                return [...await look('spans'), ...await look('p95')];
                """);
    assertEquals(
        "The truth lies within the 95 % interval of 2 of 3 operations. Of 1 nothing is kept, so"
            + " nothing is estimated.",
        seen.getFirst());
    assertEquals(List.of(2L, 1L), seen.subList(1, 3));
    assertTrue(String.valueOf(seen.get(3)).startsWith("s · miss"), "what misses comes first");
    assertEquals(List.of(4L, 0L), seen.subList(5, 7));
  }

  /** A topic's way to ask again outlives its first answer. */
  @Test
  void whatFailsAfterItAnsweredCanBeAskedForAgain() {
    Object seen =
        modules.run(
            "en",
            """
            let failing = false;
            let asked = 0;
            answers['/api/v1/alerts'] = () => { asked++; return failing ? refused(503, 'overloaded') : {asked}; };
            const View = () => {
              const {data, error, again} = app_live.useLive('/api/v1/alerts');
              return app_lib.html`<p>${data?.asked}</p><${app_ui.Trouble} error=${error} again=${again} />`;
            };
            await drawn(View, {}, 'p');
            await until(() => place.querySelector('p').innerText === '1');
            failing = true;
            app_live.refresh('/api/v1/alerts');
            app_live.refresh('/api/v1/alerts'); // while the first is under way
            await until(() => asked === 3 && place.querySelector('.trouble'));
            const button = place.querySelector('.again');
            if (!button) return 'no way to try again';
            failing = false;
            button.click();
            await until(() => !place.querySelector('.trouble'));
            return place.innerText;
            """);
    assertTrue(String.valueOf(seen).matches("[4-9]"), seen::toString);
  }

  /** The form is of the text as it stands, whatever was understood before it. */
  @Test
  void anEditAfterAResetBringsNoDraftBack() {
    List<?> seen =
        (List<?>)
            modules.run(
                "en",
                """
                const status = await app_api.get('/api/v1/status');
                let failing = false;
                answers['/api/v1/policy:validate'] = () => failing ? refused(503, 'overloaded') : undefined;
                await drawn(views_policy.Policy, {status}, '#verdict-line.good');
                const editor = place.querySelector('#policy-text');
                const names = () => [...place.querySelectorAll('#form .policy-rule .two input')].map((one) => one.value).join();
                editor.value = 'policies: [{name: drafted, keep: true}]\\n';
                editor.dispatchEvent(new Event('input', {bubbles: true}));
                await until(() => names() === 'drafted');
                failing = true;
                place.querySelector('#reset').click();
                await until(() => place.querySelector('#not-validated') && !place.querySelector('#reset'));
                const enabled = !place.querySelector('#form fieldset').disabled;
                const fresh = names();
                const before = window.fetch;
                window.fetch = (path, request) => path.startsWith('/api/v1/policy:') ? new Promise(() => {}) : before(path, request); // no verdict yet
                const add = place.querySelector('#add-rule');
                add.click();
                await until(() => editor.value.includes('cart'));
                const once = editor.value;
                add.click();
                await until(() => editor.value !== once);
                return [enabled, fresh, once, editor.value.split('cart').length - 1];
                """);
    assertEquals(List.of(true, ""), seen.subList(0, 2), "what is in force has no rules");
    assertFalse(String.valueOf(seen.get(2)).contains("drafted"), seen::toString);
    assertEquals(2L, seen.get(3), "the second edit is of the first");
  }

  /** All is counted on arrival, and an estimate speaks of what is decided. */
  @Test
  void whereAllIsKeptWhatWaitsIsNoMissOfTheEstimate() {
    Object outside =
        modules.run(
            "en",
            """
            const row = (operation, kept, errors) => ({service: 's', operation, keptShare: 1, kept: {spans: kept, errors, money: 0}, all: {spans: 1000, errors: 50, perSecond: 1, money: 0, p95: 0.2},
              estimate: {spans: {estimate: kept, low: kept, high: kept}, errors: {estimate: errors, low: errors, high: errors}}});
            answers['/api/v1/operations?'] = () => ({total: 3, seconds: 10, currency: 'USD', operations: [row('waits', 990, 44), row('late', 993, 47), row('lost', 900, 10)]});
            const look = async (of, held, late) => {
              const query = new URLSearchParams({form: 'scatter', of});
              await drawn(views_operations.Operations, {query, status: {spans: {held, late}}}, '#scatter tbody tr');
              const found = [...place.querySelectorAll('#scatter tbody tr')].filter((one) => one.querySelector('.pill')).map((one) => one.querySelector('th').innerText);
              app_lib.render(null, place);
              return found.sort().join();
            };
            return [await look('spans', 7, 3), await look('errors', 5, 1), await look('spans', 7, 0), await look('spans', 0, 0)];
            """);
    assertEquals(
        List.of("s · lost", "s · lost", "s · lost,s · waits", "s · late,s · lost,s · waits"),
        outside);
  }

  private static final String MISSED_HOUR =
      """
      const status = await app_api.get('/api/v1/status');
      const hour = {at: [], received: [], kept: {}, dropped: {}, periods: [], spent: {}};
      const at = (seconds) => new Date(Date.now() + 1000 * seconds).toISOString();
      const seen = (seconds) => app_history.watch({now: at(seconds), spans: {received: 100 + seconds, keptByReason: {}, droppedByReason: {}}});
      let failing = true;
      let asked = 0;
      answers['/api/v1/history'] = () => { asked++; return failing ? refused(503, 'overloaded') : hour; };
      await drawn(app_banners.Banners, {status}, '.banners');
      const banner = () => place.querySelector('#banner-missed');
      await app_history.recallHour();
      await until(banner);
      """;

  /** With the next status, not with each: they come each second. */
  @Test
  void theHourThatDidNotComeIsAskedForAgain() {
    Object seen =
        modules.run(
            "en",
            MISSED_HOUR
                + """
                seen(1);
                await until(() => asked === 2);
                await new Promise((done) => setTimeout(done)); // its answer is read
                for (let i = 2; i < 11; i++) seen(i);
                const soon = asked;
                failing = false;
                app_memory.keepToken(app_memory.token() || '');
                await until(() => !banner());
                return [soon, asked];
                """);
    assertEquals(List.of(2L, 3L), seen);
    Object later =
        modules.run(
            "en",
            MISSED_HOUR
                + """
                failing = false;
                seen(1);
                await until(() => !banner());
                for (let i = 20; i < 60; i++) seen(i);
                return asked;
                """);
    assertEquals(2L, later);
  }

  @Test
  void aFailureOfBeforeIsNotToldAfterANewerAnswer() {
    Object told =
        modules.run(
            "en",
            MISSED_HOUR
                + """
                const answered = window.fetch;
                let fail;
                window.fetch = () => new Promise((_, no) => (fail = no));
                const slow = app_history.recallHour();
                window.fetch = answered;
                failing = false;
                await app_history.recallHour();
                await until(() => !banner());
                fail(new TypeError('late'));
                await slow;
                app_missed.answered('/api/v1/nothing');
                let missed;
                app_lib.render(null, place);
                await drawn(() => { missed = app_missed.useMissed(); return app_lib.h('p'); }, {}, 'p');
                return missed.length;
                """);
    assertEquals(0L, told);
  }

  @Test
  void sharesInOneSentenceAreToldAlike() {
    String korean =
        String.valueOf(
            modules.run(
                "ko",
                """
                return app_said.saidText({code: 'notReproduced', values: {played: 0.25, probability: 0.5}}, '');
                """));
    assertTrue(korean.contains("25%") && korean.contains("50%"), korean);
  }

  /** Neither while paused nor where the new filter's request fails. */
  @Test
  void decisionsOfOneFilterAreNotShownUnderAnother() {
    String script =
        """
        const decision = {traceId: '1'.repeat(32), at: new Date().toISOString(), outcome: 'dropped', reason: 'default', service: 'cart', operation: 'GET', spans: 1, duration: 1, error: false, probability: 1};
        answers['/api/v1/decisions?outcome=kept'] = () => refused(503, 'overloaded');
        answers['/api/v1/decisions?'] = () => ({decisions: [decision], noted: 1, held: 1});
        const show = (query, ready) => drawn(views_explain.Explain, {args: [], query: new URLSearchParams(query)}, ready);
        await show('%1$s', '#decision-rows tbody a');
        await show('outcome=kept&%1$s', '#decisions .trouble');
        const others = place.querySelectorAll('#decision-rows tbody a').length;
        await show('%1$s', '#decision-rows tbody a');
        return others;
        """;
    assertEquals(0L, modules.run("en", script.formatted("")));
    assertEquals(0L, modules.run("en", script.formatted("pause=1")));
  }

  /** A fault of the first drawing is one of ours, and is told where faults are. */
  @Test
  void onlyWordsThatDidNotComeAreToldAsThat() {
    String before =
        """
        const app = document.createElement('div');
        document.getElementById = () => app;
        %s
        """;
    String after =
        """
        delete document.getElementById;
        app_lib.render(null, app);
        return (thrown || 'nothing') + ': ' + app.textContent;
        """;
    String fault = "app.insertBefore = () => { throw new Error('of the drawing'); };";
    assertEquals("of the drawing: ", modules.runMain(before.formatted(fault), after).toString());
    String silence = "answers['/page/'] = () => new Response('', {status: 503});";
    String told = modules.runMain(before.formatted(silence), after).toString();
    assertTrue(told.startsWith("nothing: The words of this page did not come (HTTP 503)"), told);
  }
}
