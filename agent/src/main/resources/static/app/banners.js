// What everybody must know before they read a figure.
import { html } from "./lib.js";
import { t } from "./i18n.js";
import { duration } from "./format.js";
import { When } from "./ui.js";
import { English, Problem } from "./said.js";

/** The demo names its backend so (DemoSettings). */
export const isDemo = (status) => Boolean(status?.destinations.some((one) => one.name === "demo-backend"));

export function Banners({ status, error, onSwitch }) {
  const banners = [];
  if (isDemo(status)) banners.push(["info", "demo", html`<b>${t("banner.demo")}</b> ${t("banner.demoText")}`]);
  if (error) banners.push(["alarm", "trouble", html`<b>${t("banner.old")}</b> <${Problem} error=${error} />`]);
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
