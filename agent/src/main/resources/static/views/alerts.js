// What is wrong, what was, who is told; and how to be left in peace for a while.
import { html, useState } from "../app/lib.js";
import { t, word } from "../app/i18n.js";
import { useLive } from "../app/live.js";
import { Awaited, Card, Choice, Dialog, Empty, Pill, Table, When } from "../app/ui.js";
import { Write } from "../app/write.js";
import { count } from "../app/format.js";
import { AlertText, English, measure } from "../app/said.js";
import { Boosts } from "./boost.js";

const TIMES = ["1h", "8h", "1d", "7d"];

function Silence({ what, onClose }) {
  const [ttl, setTtl] = useState("1h");
  return html`<${Dialog} id="silence-dialog" title=${t("alerts.silence", { name: word("alert.", what.rule || what.id) })} onClose=${onClose}>
    <${Choice} label=${t("kill.for")} value=${ttl} onChange=${setTtl} options=${TIMES.map((one) => [one, one])} />
    <${Write} id="silence" request=${{ method: "POST", path: "/api/v1/alerts:silence", body: { ...what, ttl }, reasonIn: "body" }} yaml=${Object.entries({ ...what, ttl }).map(([key, value]) => key + ": " + value).join("\n") + "\n"} label=${t("alerts.silenceAct")} onDone=${onClose} />
  <//>`;
}

const stateOf = (one) => html`<${Pill} tone=${one.state === "firing" ? "alarm" : one.state === "resolved" ? "good" : ""} icon=${one.state === "firing" ? "▲" : one.state === "resolved" ? "✓" : "◌"}>${t("alerts." + one.state)}<//>`;

export function Alerts() {
  const { data, error, again } = useLive("/api/v1/alerts");
  const [silencing, silence] = useState(null);
  const [tested, setTested] = useState(null);
  if (!data) return html`<${Awaited} error=${error} again=${again} />`;
  const { webhook } = data;
  return html`<div class="grid">
    <${Card} id="alerts-now" title=${t("alerts.now")} wide=${true}>
      ${data.alerts.length === 0
        ? html`<${Empty} what=${t("alerts.quiet", { rules: data.rules.filter((one) => one.on).length })} how=${t("alerts.how")} />`
        : html`<${Table} label=${t("alerts.now")} rows=${data.alerts} keyOf=${(row) => row.id} columns=${[
            { label: t("alerts.rule"), cell: (row) => word("alert.", row.rule) },
            { label: t("state"), cell: stateOf },
            { label: t("alerts.about"), cell: (row) => row.subject },
            { label: t("alerts.text"), wrap: true, cell: (row) => html`<${AlertText} one=${row} />` },
            { label: t("alerts.since"), cell: (row) => html`<${When} at=${row.since} />` },
            { label: t("alerts.told"), cell: (row) => (row.told ? t("yes") : t("no")) },
            { label: "", hint: t("column.action"), cell: (row) => row.state === "firing" && html`<button type="button" class="quiet" onClick=${() => silence({ id: row.id })}>${t("alerts.silenceAct")}<span class="hidden"> ${row.subject}</span></button>` },
          ]} />`}
    <//>
    <${Card} id="alert-rules" title=${t("alerts.rules")} wide=${true}>
      <${Table} label=${t("alerts.rules")} rows=${data.rules} keyOf=${(row) => row.name} columns=${[
        { label: t("alerts.rule"), cell: (row) => word("alert.", row.name) },
        { label: t("state"), cell: (row) => (row.on ? html`<${Pill} tone="good" icon="●">${t("on")}<//>` : html`<${Pill} icon="○">${t("off")}<//>`) },
        { label: t("alerts.threshold"), num: true, cell: (row) => measure(row.threshold, row.unit) },
        { label: t("alerts.about"), wrap: true, cell: (row) => word("alertAbout.", row.name) },
        { label: "", hint: t("column.action"), cell: (row) => html`<button type="button" class="quiet" onClick=${() => silence({ rule: row.name })}>${t("alerts.silenceAct")}<span class="hidden"> ${row.name}</span></button>` },
      ]} />
    <//>
    <${Card} id="silences" title=${t("alerts.silences")}>
      <${Table} label=${t("alerts.silences")} rows=${data.silences} empty=${t("alerts.noSilence")} columns=${[
        { label: t("alerts.about"), cell: (row) => (row.rule ? word("alert.", row.rule) : row.id) },
        { label: t("boosts.until"), cell: (row) => html`<${When} at=${row.until} />` },
        { label: t("write.reason"), wrap: true, cell: (row) => row.reason || "–" },
      ]} />
    <//>
    <${Card} id="webhook" title=${t("alerts.webhook")}>
      ${webhook.configured
        ? html`<dl class="facts">
              <dt>${t("alerts.format")}</dt><dd>${webhook.format} ${webhook.signed && html`<${Pill} tone="good" icon="✓">${t("alerts.signed")}<//>`}</dd>
              <dt>${t("alerts.sent")}</dt><dd>${t("alerts.sentText", { sent: count(webhook.sent), failed: count(webhook.failed), dropped: count(webhook.dropped), waiting: count(webhook.waiting) })}</dd>
              ${webhook.remark && html`<dt>${t("note")}</dt><dd><${English} text=${webhook.remark} /></dd>`}
            </dl>
            <${Write} id="test-alert" request=${{ method: "POST", path: "/api/v1/alerts:test" }} label=${t("alerts.test")} tone="normal" onDone=${(answer) => setTested(answer)} />
            ${tested && html`<p class=${tested.delivered ? "good" : "alarm"} role="status"><${English} text=${tested.detail} /></p>`}`
        : html`<${Empty} what=${t("alerts.noWebhook")} how=${t("alerts.webhookHow")} command=${"alerts:\n  webhook: {url: https://hooks.example/…, format: slack}"} />`}
    <//>
    <${Boosts} />
    ${silencing && html`<${Silence} what=${silencing} onClose=${() => silence(null)} />`}
  </div>`;
}
