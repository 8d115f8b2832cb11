// One operation: what was seen against what is kept, and how well the kept tell of all.
import { html } from "../app/lib.js";
import { t } from "../app/i18n.js";
import { useLive } from "../app/live.js";
import { href } from "../app/router.js";
import { Chart } from "../app/charts.js";
import { Awaited, Card, Empty, Figure, Pill, Table, When } from "../app/ui.js";
import { count, decimal, duration, money, percent } from "../app/format.js";
import { seenHere, useOperationHistory, watchOperations } from "./opshistory.js";
import { BoostLink } from "./boost.js";
import { useMarks } from "./marks.js";

const WIDTH = 420;
const LINE = 34;
const LEFT = 60;

/** Truth as a tick, the estimate as a point with its interval, on a scale of logarithms. */
function Whiskers({ lines, text, label }) {
  const values = lines.flatMap((one) => [one.truth, one.estimate, one.low, one.high]).filter((value) => value > 0);
  if (values.length === 0) return html`<p class="note">${t("op.notYet")}</p>`;
  const [low, high] = [Math.log(Math.min(...values) / 1.15), Math.log(Math.max(...values) * 1.15)];
  const x = (value) => LEFT + ((Math.log(Math.max(value, Math.exp(low))) - low) / (high - low || 1)) * (WIDTH - LEFT - 10);
  return html`<svg class="whiskers" viewBox=${"0 0 " + WIDTH + " " + lines.length * LINE} role="img" aria-label=${label}>
      ${lines.map((one, i) => {
        const y = i * LINE + LINE / 2;
        return html`<g>
          <text x="0" y=${y + 4} fill="currentColor" font-size="12">${one.name}</text>
          <line x1=${LEFT} x2=${WIDTH - 10} y1=${y} y2=${y} class="w-grid" />
          ${one.low > 0 && one.high > 0 && html`<line x1=${x(one.low)} x2=${x(one.high)} y1=${y} y2=${y} class="w-range" />`}
          ${one.estimate > 0 && html`<circle cx=${x(one.estimate)} cy=${y} r="5" class="w-estimate" />`}
          ${one.truth > 0 && html`<line x1=${x(one.truth)} x2=${x(one.truth)} y1=${y - 10} y2=${y + 10} class="w-truth" />`}
        </g>`;
      })}
    </svg>
    <${Table} label=${label} rows=${lines} columns=${[
      { label: "", hint: t("pipeline.what"), cell: (row) => row.name },
      { label: t("op.all"), num: true, cell: (row) => text(row.truth) },
      { label: t("op.byKept"), num: true, cell: (row) => (row.estimate === undefined ? "–" : text(row.estimate)) },
      { label: t("op.interval"), num: true, cell: (row) => (present(row.low) ? (present(row.high) ? text(row.low) + " – " + text(row.high) : "≥ " + text(row.low)) : present(row.high) ? "≤ " + text(row.high) : "–") },
    ]} />`;
}

const present = (value) => value !== null && value !== undefined;
const line = (name, truth, interval) => ({ name, truth, estimate: interval?.estimate, low: interval?.low, high: interval?.high });

export function Operation({ args }) {
  const [service, operation] = args;
  const { data, error, at, again } = useLive("/api/v1/operations?" + new URLSearchParams({ service: service || "", operation: operation || "", limit: 100 }));
  const { data: decisions, error: undecided, again: decide } = useLive("/api/v1/decisions?" + new URLSearchParams({ service: service || "", operation: operation || "", limit: 12 }));
  const marks = useMarks();
  const hour = useOperationHistory();
  watchOperations(data, at);
  if (!data) return html`<${Awaited} error=${error} again=${again} />`;
  const row = data.operations.find((one) => one.service === service && one.operation === operation);
  if (!row) return html`<${Empty} what=${t("op.none", { service, operation })} how=${t("op.noneHow")}><a href=${href("operations")}>${t("view.operations")}</a><//>`;
  const minutes = hour.minutes ? hour.of(row).filter((one) => one) : [];
  const newest = minutes.length > 0 ? minutes[minutes.length - 1].at : 0;
  const history = [...minutes, ...seenHere(row).filter((one) => one.at > newest)];
  const cash = (value) => money(value, data.currency);
  return html`<p class="verdict">${row.service} · ${row.operation} <${BoostLink} match=${{ service: row.service, operation: row.operation }} /></p>
    <div class="grid">
      <div class="figures">
        <${Figure} id="op-paid" label=${t("paid")} value=${cash(row.kept.money)} note=${t("op.ofList", { list: cash(row.all.money) })} />
        <${Figure} id="op-kept" label=${t("ops.keptShare")} value=${percent(row.keptShare)} note=${t("op.keptOf", { kept: count(row.kept.spans), all: count(row.all.spans) })} />
        <${Figure} id="op-errors" label=${t("ops.errorRate")} value=${row.all.errors > 0 ? percent(row.all.errors, row.all.spans) : "0"} note=${row.all.errors > 0 ? t("op.errorsKept", { kept: count(row.kept.errors), all: count(row.all.errors) }) : t("op.noErrors")} />
        <${Figure} id="op-floor" label=${t("ops.floor")} value=${row.floor === undefined ? "–" : percent(row.floor)} note=${row.kept.spans > 0 ? t("op.floorNote") : t("op.neverKept")} />
      </div>
      <${Card} id="op-rate" title=${t("op.rate")} wide=${true}>
        ${history.length < 2
          ? html`<p class="note">${t("ops.heatSoon")}</p>`
          : html`<${Chart} title=${t("op.rate")} fine=${history.length > 0 && history[history.length - 1].at - history[0].at < 600} times=${history.map((one) => one.at)} marks=${marks} markWidth=${5}
              series=${[{ label: t("op.seen"), colour: "dropped", values: history.map((one) => one.all), dash: [5, 3] }, { label: t("kept"), colour: "kept", values: history.map((one) => one.kept), width: 2 }]}
              text=${(value) => decimal(value) + " /s"} say=${t("op.rateSay", { seen: decimal(row.all.perSecond), kept: decimal(row.kept.perSecond) })} />`}
      <//>
      <${Card} id="op-latency" title=${t("op.latency")} note=${t("op.latencyNote")}>
        <${Whiskers} text=${duration} label=${t("op.latency")} lines=${[line("p50", row.all.p50, row.estimate.p50), line("p95", row.all.p95, row.estimate.p95), line("p99", row.all.p99, row.estimate.p99)]} />
      <//>
      <${Card} id="op-counts" title=${t("op.counts")} note=${t("op.countsNote")}>
        <${Whiskers} text=${count} label=${t("op.counts")} lines=${[line(t("spans"), row.all.spans, row.estimate.spans), ...(row.all.errors > 0 ? [line(t("errors"), row.all.errors, row.estimate.errors)] : [])]} />
      <//>
      <${Card} id="op-decisions" title=${t("op.decisions")} wide=${true} tools=${html`<a href=${href("explain", [], { service, operation })}>${t("all")}</a>`}>
        ${!decisions ? html`<${Awaited} error=${undecided} again=${decide} />` : html`<${Table} label=${t("op.decisions")} rows=${decisions.decisions} keyOf=${(one) => one.traceId + one.at} empty=${t("op.entry")} columns=${[
          { label: t("trace"), cell: (one) => html`<a href=${href("explain", [one.traceId])}><code>${one.traceId.slice(0, 16)}…</code></a>` },
          { label: t("time"), cell: (one) => html`<${When} at=${one.at} />` },
          { label: t("outcome"), cell: (one) => html`<${Pill} tone=${one.outcome === "kept" ? "kept" : ""} icon=${one.outcome === "kept" ? "●" : "○"}>${t("outcome." + one.outcome)}<//>` },
          { label: t("duration"), num: true, cell: (one) => duration(one.duration) },
          { label: t("explain.probability"), num: true, cell: (one) => percent(one.probability) },
        ]} />`}
      <//>
    </div>`;
}
