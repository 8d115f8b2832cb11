// What is spent, what comes of it, what was saved, and who spends.
import { html } from "../app/lib.js";
import { t } from "../app/i18n.js";
import { useLive } from "../app/live.js";
import { Awaited, Figure, Bar } from "../app/ui.js";
import { Said } from "../app/said.js";
import { duration, money, percent } from "../app/format.js";
import { BurnDown } from "./burndown.js";
import { Reasons } from "./reasons.js";
import { Budgets, Changes, Firing, Policies, Report, TopSpenders } from "./summaries.js";
import { useMarks } from "./marks.js";

function Spent({ spend }) {
  const over = spend.budget !== undefined && spend.spent > spend.budget;
  return html`<${Figure}
    id="spent"
    label=${t("overview.spent", { period: t("period." + spend.period.name) })}
    value=${money(spend.spent, spend.currency)}
    icon=${over && "▲"}
    tone=${over ? "alarm" : ""}
    note=${spend.budget === undefined ? t("overview.noBudget") : t("overview.ofBudget", { part: percent(spend.spent, spend.budget), budget: money(spend.budget, spend.currency) })}
  >
    ${spend.budget !== undefined && html`<${Bar} part=${spend.spent} all=${spend.budget} tone=${over ? "alarm" : "kept"} label=${t("overview.ofBudget", { part: percent(spend.spent, spend.budget), budget: money(spend.budget, spend.currency) })} />`}
  <//>`;
}

function Forecast({ spend }) {
  const { forecast, budget, currency } = spend;
  if (!forecast) return html`<${Figure} id="forecast" label=${t("overview.forecast")} value="–" note=${spend.noForecast ? html`<${Said} note=${spend.notes?.noForecast} text=${spend.noForecast} />` : t("overview.noEnd")} />`;
  const over = budget !== undefined && forecast.expected > budget;
  return html`<${Figure}
    id="forecast"
    label=${t("overview.forecast")}
    value=${money(forecast.expected, currency)}
    icon=${over && "▲"}
    tone=${over ? "alarm" : ""}
    note=${t("overview.band", { low: money(forecast.low, currency), high: money(forecast.high, currency) }) + (over ? " · " + t("overview.over") : "")}
  />`;
}

function Saved({ spend }) {
  const loses = spend.saved < 0;
  return html`<${Figure}
    id="saved"
    label=${t("overview.saved")}
    value=${money(spend.saved, spend.currency)}
    tone=${loses ? "alarm" : spend.saved > 0 ? "good" : ""}
    note=${(loses ? t("overview.loses") + " " : "") + t("overview.net", { gross: money(spend.savedGross, spend.currency), own: money(spend.ownCost, spend.currency) })}
  />`;
}

function Errors({ report, error }) {
  // Not "none": of what nobody answered nothing is known.
  if (!report) return html`<${Figure} id="errors-kept" label=${t("overview.errors")} value="–" note=${t(error ? "unanswered" : "loading")} />`;
  const sums = report.days.find((one) => one.day === new Date().toISOString().slice(0, 10))?.sums;
  const none = !sums || sums.errorSpans === 0;
  const all = !none && sums.keptErrorSpans >= sums.errorSpans;
  return html`<${Figure}
    id="errors-kept"
    label=${t("overview.errors")}
    value=${none ? "–" : percent(sums.keptErrorSpans, sums.errorSpans)}
    tone=${all ? "good" : ""}
    note=${none ? t("overview.noErrors") : t("overview.errorsOf", { kept: sums.keptErrorSpans, all: sums.errorSpans, lost: report.lost.errorSignaturesNeverKept })}
  />`;
}

export function Overview({ status, query }) {
  const { data: spend, error, again } = useLive("/api/v1/spend");
  const { data: report, error: unreported } = useLive("/api/v1/report?days=7");
  const marks = useMarks();
  if (!spend || !status) return html`<${Awaited} error=${error} again=${again} />`;
  return html`<div class="grid">
    <div class="figures" id="figures"><${Spent} spend=${spend} /><${Forecast} spend=${spend} /><${Saved} spend=${spend} /><${Errors} report=${report} error=${unreported} /></div>
    ${spend.priceRemark && html`<p class="note wide"><${Said} note=${spend.notes?.priceRemark} text=${spend.priceRemark} /></p>`}
    ${spend.remark && html`<p class="note wide"><${Said} note=${spend.notes?.remark} text=${spend.remark} /></p>`}
    <${BurnDown} spend=${spend} marks=${marks} />
    <${Reasons} status=${status} marks=${marks} form=${query.get("reasons") || "share"} />
    <${TopSpenders} />
    <div class="stack"><${Firing} /><${Changes} /></div>
    <${Budgets} spend=${spend} />
    <${Policies} status=${status} spend=${spend} />
    <${Report} report=${report} error=${unreported} />
  </div>`;
}
