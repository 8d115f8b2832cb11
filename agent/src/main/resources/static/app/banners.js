// What everybody must know before they read a figure.
import { html } from "./lib.js";
import { t } from "./i18n.js";
import { duration } from "./format.js";
import { When } from "./ui.js";
import { English, Problem } from "./said.js";
import { useMissed } from "./missed.js";

/** The demo names its backend so (DemoSettings). */
export const isDemo = (status) => Boolean(status?.destinations.some((one) => one.name === "demo-backend"));

/** What was asked and not answered: of each cause once. */
function Missed({ missed, onToken }) {
  const causes = new Map();
  for (const [path, error] of missed) {
    const name = path.split("?")[0].split("/").slice(3).join("/");
    causes.set(error.message, { error, paths: [...new Set([...(causes.get(error.message)?.paths || []), name])] });
  }
  return [...causes.values()].map(({ error, paths }) => html`<span class="cause"><b>${t("banner.missed", { paths: paths.join(", ") })}</b> <${Problem} error=${error} />
    ${(error.status === 401 || error.status === 403) && onToken && html` <button type="button" class="quiet" onClick=${onToken}>${t("token.label")}</button>`} </span>`);
}

export function Banners({ status, error, onSwitch, onToken }) {
  const banners = [];
  const missed = useMissed();
  if (isDemo(status)) banners.push(["info", "demo", html`<b>${t("banner.demo")}</b> ${t("banner.demoText")}`]);
  if (error) banners.push(["alarm", "trouble", html`<b>${t("banner.old")}</b> <${Problem} error=${error} />`]);
  // Where nothing answers, that is said once.
  if (missed.length > 0 && !error) banners.push(["warn", "missed", html`<${Missed} missed=${missed} onToken=${onToken} />`]);
  if (status) {
    const { killSwitch, degraded, destinations, identities } = status;
    if (killSwitch.mode !== "off") {
      banners.push([
        "warn",
        "switched",
        html`<b>${t("banner." + killSwitch.mode)}</b> ${killSwitch.reason} ${killSwitch.until && html`· ${t("banner.until")} <${When} at=${killSwitch.until} />`}
          <button type="button" class="quiet" onClick=${onSwitch}>${t("kill.change")}</button>`,
      ]);
    }
    for (const one of degraded) banners.push(["warn", "degraded", html`<b>${t("state.degraded")}</b> <${English} text=${one} />`]);
    for (const one of destinations) {
      // A closed connection alone is idle, and its last error may be of another day.
      if (one.away) banners.push(["alarm", "away", html`<b>${t("banner.away", { name: one.name })}</b> <${English} text=${one.lastError} /> · ${t("banner.queue", { part: Math.round((100 * one.queuedBytes) / one.queueBytesMax) })}`]);
    }
    const broken = identities.filter((one) => !one.holds);
    if (broken.length > 0) banners.push(["warn", "books", html`<b>${t("banner.books")}</b> <${English} text=${broken.map((one) => one.law).join("; ")} />`]);
    if (status.fleet?.away) banners.push(["alarm", "engine", html`<b>${t("banner.engine")}</b> ${t("banner.engineText", { time: duration(status.fleet.awaySeconds) })}`]);
    if (status.fleet?.disagreement) banners.push(["warn", "differ", html`<b>${t("banner.differ")}</b> <${English} text=${status.fleet.disagreement} />`]);
  }
  return html`<div class="banners" aria-live="polite">${banners.map(([tone, id, words]) => html`<p class=${"banner " + tone} id=${"banner-" + id}>${words}</p>`)}</div>`;
}
