// The smaller parts of the overview.
import { html, useState } from "../app/lib.js";
import { t, word } from "../app/i18n.js";
import { useLive } from "../app/live.js";
import { href } from "../app/router.js";
import { Awaited, Bar, Card, Choice, Empty, Pill, Table, Trouble, When } from "../app/ui.js";
import { amount, count, percent } from "../app/format.js";
import { AlertText, Said, saidText } from "../app/said.js";

export function TopSpenders() {
  const { data, error, again } = useLive("/api/v1/operations?sort=paid&limit=9");
  const rows = data?.operations || [];
  const most = rows[0]?.kept.money || 0;
  return html`<${Card} id="spenders" title=${t("spenders.title")} tools=${html`<a href=${href("operations")}>${t("all")}</a>`}>
    ${!data ? html`<${Awaited} error=${error} again=${again} />` : html`<${Table}
      label=${t("spenders.title")}
      rows=${rows}
      empty=${t("spenders.none")}
      keyOf=${(row) => row.service + " " + row.operation}
      columns=${[
        { label: t("operation"), cell: (row) => html`<a href=${href("operation", [row.service, row.operation])}>${row.service} · ${row.operation}</a>` },
        { label: "", hint: t("share"), cell: (row) => html`<${Bar} part=${row.kept.money} all=${most} tone="kept" />` },
        { label: t("paidIn", { currency: data.currency }), num: true, cell: (row) => amount(row.kept.money) },
        { label: t("kept"), num: true, cell: (row) => percent(row.kept.spans, row.all.spans) },
      ]}
    />`}
  <//>`;
}

export function Firing() {
  const { data, error, again } = useLive("/api/v1/alerts");
  const firing = (data?.alerts || []).filter((one) => one.state !== "resolved");
  return html`<${Card} id="firing" title=${t("view.alerts")} tools=${html`<a href=${href("alerts")}>${t("all")}</a>`}>
    ${!data
      ? html`<${Awaited} error=${error} again=${again} />`
      : firing.length === 0
      ? html`<p class="note"><span class="good" aria-hidden="true">✓ </span>${t("alerts.quiet", { rules: data.rules.filter((one) => one.on).length })}</p>`
      : html`<ul class="rows">
          ${firing.slice(0, 6).map((one) => html`<li><${Pill} tone=${one.state === "firing" ? "alarm" : ""} icon=${one.state === "firing" ? "▲" : "◌"}>${word("alert.", one.rule)}<//><span class="wrap"><${AlertText} one=${one} /></span><${When} at=${one.since} relative=${true} /></li>`)}
        </ul>`}
    <${Boosted} />
  <//>`;
}

/** What is kept beyond the policies for a while: shown wherever it lasts. */
function Boosted() {
  const { data } = useLive("/api/v1/boosts");
  if (!data || data.boosts.length === 0) return null;
  return html`<h3>${t("boosts.title")}</h3>
    <ul class="rows">
      ${data.boosts.map((one) => html`<li><${Pill} tone="kept" icon="↑">${t("boosts.active")}<//><span class="grow">${matchWords(one.match)}</span><span class="nowrap">${t("boosts.until")} <${When} at=${one.until} /></span></li>`)}
    </ul>`;
}

export const matchWords = (match) =>
  [match.service, match.operation, match.attribute && match.attribute.key + "=" + match.attribute.equals].filter(Boolean).join(" · ") || t("everything");

export function Budgets({ spend }) {
  if (spend.budgets.length === 0) {
    return html`<${Card} id="budgets" title=${t("budgets.title")}><${Empty} what=${t("budgets.none")} how=${t("budgets.how")} command=${"budgets:\n  - {name: all, amount: 300, period: month}"} /><//>`;
  }
  const words = amount;
  return html`<${Card} id="budgets" title=${t("budgets.title") + ", " + spend.currency} tools=${html`<a href=${href("whatif")}>${t("budgets.try")}</a>`}>
    <${Table}
      label=${t("budgets.title")}
      rows=${spend.budgets}
      keyOf=${(row) => row.name}
      columns=${[
        { label: t("budget"), cell: (row) => html`${row.name}<div class="note">${Object.entries(row.scope).map(([key, value]) => key + "=" + value).join(", ") || t("everything")}</div>` },
        { label: t("period"), cell: (row) => t("period." + row.period.name) },
        { label: t("burn.spent"), num: true, cell: (row) => html`${words(row.spent)}<div class="note">/ ${words(row.budget)}</div>` },
        { label: t("burn.expected"), num: true, cell: (row) => (row.forecast ? html`${words(row.forecast.expected)}<div class="note">${words(row.forecast.low)} – ${words(row.forecast.high)}</div>` : html`<span title=${saidText(row.notes?.noForecast, row.noForecast)}>–</span>`) },
        { label: t("budgets.pace"), num: true, cell: (row) => words(row.allowancePerHour) },
      ]}
    />
  <//>`;
}

export function Policies({ status, spend }) {
  const price = spend.pricePerGigabyte / 1e9;
  return html`<${Card} id="policies" title=${t("policies.title")} wide=${status.policies.some((one) => one.shadow)} tools=${html`<a href=${href("policy")}>${t("policies.edit")}</a>`} note=${t("policies.version", { version: status.policy.version })}>
    <${Table}
      label=${t("policies.title")}
      rows=${status.policies}
      keyOf=${(row) => row.name}
      empty=${t("policies.none")}
      rowClass=${(row) => (row.shadow ? "shadow" : "")}
      columns=${[
        { label: t("policy"), cell: (row) => html`${row.name} ${row.shadow && html`<${Pill} icon="◌" title=${t("policies.shadowText")}>${t("policies.shadow")}<//>`}` },
        { label: t("policies.matched"), num: true, cell: (row) => count(row.matched.spans) },
        { label: t("kept"), num: true, cell: (row) => count(row.kept.spans) },
        { label: t("dropped"), num: true, cell: (row) => count(row.dropped.spans) },
        { label: t("policies.left"), num: true, cell: (row) => count(row.leftToBudget.spans) },
        ...(status.policies.some((one) => one.shadow) ? [{ label: t("policies.differs"), num: true, cell: (row) => (row.shadow ? "+" + count(row.more.spans) + " −" + count(row.less.spans) : "") }] : []),
        { label: t("paidIn", { currency: spend.currency }), num: true, cell: (row) => amount(row.kept.bytes * price) },
      ]}
    />
  <//>`;
}

export function Changes() {
  const { data, error, again } = useLive("/api/v1/audit?limit=20");
  const rows = (data?.entries || []).slice(0, 6);
  return html`<${Card} id="changes" title=${t("changes.title")} tools=${html`<a href=${href("audit")}>${t("all")}</a>`}>
    ${!data
      ? html`<${Awaited} error=${error} again=${again} />`
      : rows.length === 0
      ? html`<p class="note">${t("changes.none")}</p>`
      : html`<ul class="rows">
          ${rows.map((one) => html`<li><${When} at=${one.at} /><b class="nowrap">${word("action.", one.action)}</b><span class="grow">${one.reason}</span><span class="note nowrap">${one.who}</span></li>`)}
        </ul>`}
  <//>`;
}

const REPORT_ROWS = 8;

/** What was paid and saved, by day and by service; and what was lost for it. */
export function Report({ report, error }) {
  const [by, set] = useState("day");
  if (!report) return error ? html`<${Card} id="report" title=${t("report.title", { currency: "–" })} wide=${true}><${Trouble} error=${error} /><//>` : null;
  const rows = by === "day" ? report.days.map((one) => [one.day, one.sums]) : report.services.map((one) => [one.service, one.sums]);
  const { lost } = report;
  return html`<${Card} id="report" title=${t("report.title", { currency: report.currency })} wide=${true}
    note=${report.mode === "shadow" && report.total.receivedSpans > 0 ? t("report.shadow") : ""}
    tools=${html`<${Choice} label=${t("report.by")} value=${by} onChange=${set} options=${[["day", t("report.day")], ["service", t("service")]]} />`}>
    <${Table} label=${t("report.title", { currency: report.currency })} rows=${rows.slice(0, REPORT_ROWS)} keyOf=${(row) => row[0]} empty=${t("report.soon")} columns=${[
      { label: t(by === "day" ? "report.day" : "service"), cell: (row) => html`<span class=${by === "day" ? "nowrap" : ""}>${row[0]}</span>` },
      { label: t("ops.list"), num: true, cell: (row) => amount(row[1].listPrice) },
      { label: t("paid"), num: true, cell: (row) => amount(row[1].paid) },
      ...(by === "day" ? [{ label: t("report.own"), num: true, cell: (row) => amount(row[1].ownCost) }, { label: t("overview.saved"), num: true, cell: (row) => html`<b class=${row[1].saved < 0 ? "alarm" : ""}>${amount(row[1].saved)}</b>` }] : []),
      { label: t("ops.errorsKept"), num: true, cell: (row) => (row[1].errorSpans > 0 ? percent(row[1].keptErrorSpans, row[1].errorSpans) : "–") },
    ]} />
    <p class="note">${t("report.lost", { signatures: count(lost.errorSignaturesNeverKept), ofSignatures: count(lost.errorSignatures), structures: count(lost.structuresNeverKept), ofStructures: count(lost.structures) })}</p>
    ${report.remarks.length > 0 && html`<ul class="plain note">${report.remarks.map((one, i) => html`<li><${Said} note=${report.notes[i]} text=${one} /></li>`)}</ul>`}
    ${lost.signatures.length > 0 && html`<h3>${t("sim.lostOnes")}</h3><ul class="rows">${lost.signatures.slice(0, 5).map((one) => html`<li><b class="nowrap">${one.service} · ${one.operation}</b><span class="grow" lang="en">${one.error}</span><span class="nowrap">${count(one.spans)}</span></li>`)}</ul>`}
  <//>`;
}
