// The page: its frame, and the view that its address names.
import { html, render, useEffect, useState } from "./lib.js";
import { languages, speak, spoken, t, word } from "./i18n.js";
import { href, route, setQuery, useRoute } from "./router.js";
import { useLive } from "./live.js";
import { keepToken, onToken, recall, remember, token } from "./memory.js";
import { NoAnswer } from "./api.js";
import { Dialog } from "./ui.js";
import { TokenField } from "./write.js";
import { Banners } from "./banners.js";
import { Emergency } from "./emergency.js";
import { Tour } from "./tour.js";
import { recallHour, watch } from "./history.js";
import { Overview } from "../views/overview.js";
import { Operations } from "../views/operations.js";
import { Operation } from "../views/operation.js";
import { Policy } from "../views/policy.js";
import { WhatIf } from "../views/whatif.js";
import { Explain } from "../views/explain.js";
import { Fleet } from "../views/fleet.js";
import { Audit } from "../views/audit.js";
import { Alerts } from "../views/alerts.js";
import { Pipeline } from "../views/pipeline.js";

const VIEWS = { overview: Overview, operations: Operations, operation: Operation, policy: Policy, whatif: WhatIf, explain: Explain, fleet: Fleet, audit: Audit, alerts: Alerts, pipeline: Pipeline };
const MENU = [
  ["overview", "◔"],
  ["operations", "☰"],
  ["policy", "§"],
  ["whatif", "⇋"],
  ["explain", "?"],
  ["alerts", "△"],
  ["pipeline", "⇉"],
  ["fleet", "⁂"],
  ["audit", "✎"],
];

function dark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function switchTheme() {
  const next = dark() ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  remember("theme", next);
  dispatchEvent(new Event("spanthrift-theme"));
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => dispatchEvent(new Event("spanthrift-theme")));

/** Ready, and if not, why not: in the order of what hurts most. */
function condition(status, error) {
  if (error) return ["alarm", "✗", t(error instanceof NoAnswer ? "state.noAnswer" : "state.unread")];
  if (!status) return ["", "…", t("state.connecting")];
  const away = status.destinations.filter((one) => one.away).map((one) => one.name);
  if (away.length > 0) return ["alarm", "✗", t("state.away", { names: away.join(", ") })];
  if (status.phase !== "ready") return ["warn", "◍", word("phase.", status.phase)];
  if (status.degraded.length > 0) return ["warn", "◍", t("state.degraded")];
  if (status.killSwitch.mode !== "off") return ["warn", "◍", t("state.switched")];
  return ["good", "●", t("state.ready")];
}

function Header({ status, error, onSwitch, onToken: openToken }) {
  const [tone, icon, words] = condition(status, error);
  const [, redraw] = useState(0);
  useEffect(() => onToken(() => redraw((n) => n + 1)), []);
  return html`<header class="top">
    <a class="brand" href=${href("overview")}><span class="mark" aria-hidden="true"></span>Spanthrift</a>
    <p id="state" class=${"state " + tone}><span aria-hidden="true">${icon} </span>${words}</p>
    <div class="tools">
      <button type="button" id="kill" class="danger" onClick=${onSwitch}>${t("kill.button")}</button>
      <button type="button" class="icon" onClick=${openToken} aria-label=${token() ? t("token.have") : t("token.lack")} title=${token() ? t("token.have") : t("token.lack")}><svg class="lock" viewBox="0 0 16 16" aria-hidden="true"><rect x="3" y="7" width="10" height="7" rx="1.5" /><path d=${token() ? "M5 7V4.5a3 3 0 0 1 5.8-1" : "M5 7V5a3 3 0 0 1 6 0v2"} /></svg></button>
      <select class="icon" id="language" aria-label=${t("language")} value=${spoken()} onChange=${(e) => speak(e.target.value).then(draw, draw)}>
        ${languages.map((one) => html`<option value=${one} selected=${one === spoken()}>${one.toUpperCase()}</option>`)}
      </select>
      <button type="button" id="theme" class="icon" onClick=${switchTheme} aria-label=${t("theme")} title=${t("theme")}>◐</button>
    </div>
  </header>`;
}

function Menu({ view }) {
  const here = view === "operation" ? "operations" : view;
  // Where the menu is a line, the view of now is in sight.
  useEffect(() => {
    const show = () => document.querySelector(".menu [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
    show();
    const turned = () => {
      const menu = document.querySelector(".menu");
      if (menu && menu.scrollWidth > menu.clientWidth) show();
    };
    addEventListener("resize", turned);
    return () => removeEventListener("resize", turned);
  }, [here]);
  return html`<nav class="menu" aria-label=${t("menu")}>
    <ul>
      ${MENU.map(
        ([name, icon]) => html`<li>
          <a href=${href(name)} aria-current=${here === name ? "page" : undefined}><span class="glyph" aria-hidden="true">${icon}</span>${t("view." + name)}</a>
        </li>`,
      )}
    </ul>
  </nav>`;
}

/** What changed, said once a minute to those who listen instead of looking. */
function Spoken({ status }) {
  const [said, say] = useState("");
  useEffect(() => {
    const speakUp = () => {
      if (!latest.status || document.hidden) return;
      const { received, kept, dropped } = latest.status.spans;
      say(t("spoken", { received, kept, dropped }));
    };
    const timer = setInterval(speakUp, 60_000);
    return () => clearInterval(timer);
  }, []);
  latest.status = status;
  return html`<p class="hidden" aria-live="polite">${said}</p>`;
}
const latest = {};

function App() {
  const { view, args, query } = useRoute();
  const { data: status, error } = useLive("/api/v1/status");
  const [open, setOpen] = useState("");
  watch(status);
  const View = VIEWS[view];

  useEffect(() => {
    document.title = (VIEWS[view] ? t("view." + view) + " · " : "") + "Spanthrift";
  }, [view, spoken()]);

  return html`<a class="skip" href="#main" onClick=${(e) => { e.preventDefault(); document.getElementById("main").focus(); }}>${t("skip")}</a>
    <${Header} status=${status} error=${error} onSwitch=${() => setOpen("kill")} onToken=${() => setOpen("token")} />
    <${Menu} view=${view} />
    <main id="main" tabindex="-1">
      <${Banners} status=${status} error=${error} onSwitch=${() => setOpen("kill")} onToken=${() => setOpen("token")} />
      <h1>${VIEWS[view] ? t("view." + view) : t("view.none")}</h1>
      ${View ? html`<${View} key=${view} args=${args} query=${query} status=${status} />` : html`<p>${t("view.noneText")} <a href=${href("overview")}>${t("view.overview")}</a></p>`}
    </main>
    <footer>
      <p>
        <a href="/api/v1/status">status</a> · <a href="/api/v1/spend">spend</a> · <a href="/api/v1/policy">policy</a> · <a href="/openapi.json">API</a> · <a href="/actuator/prometheus">metrics</a>
      </p>
    </footer>
    <${Spoken} status=${status} />
    <${Tour} status=${status} view=${view} />
    ${open === "kill" && html`<${Emergency} status=${status} onClose=${() => setOpen("")} />`}
    ${open === "token" && html`<${Dialog} id="token-dialog" title=${t("token.title")} onClose=${() => setOpen("")}>
      <p>${t("token.text")}</p>
      <${TokenField} onDone=${() => setOpen("")} />
      ${token() && html`<button type="button" onClick=${() => { keepToken(""); setOpen(""); }}>${t("token.forget")}</button>`}
    <//>`}`;
}

/** The demo's address brings its token along: behind the #, where no server sees it. */
function takeToken() {
  const brought = route.now.query.get("token");
  if (brought) {
    keepToken(brought);
    setQuery({ token: undefined });
  }
}

const place = document.getElementById("app");
const draw = () => {
  render(null, place);
  render(html`<${App} />`, place);
};

takeToken();
if (recall("theme")) document.documentElement.dataset.theme = recall("theme");
await Promise.all([speak(), recallHour()]).then(draw, (error) => {
  // Without words there is no page, and none to say so in.
  place.textContent = "The words of this page did not come (" + error.message + "): load it again.";
});
