// Kept and dropped by reason, one on top of the other: kept at the bottom.
import { html } from "../app/lib.js";
import { t, word } from "../app/i18n.js";
import { Chart } from "../app/charts.js";
import { Card, Choice, Empty } from "../app/ui.js";
import { decimal, percent } from "../app/format.js";
import { rates } from "../app/history.js";
import { setQuery } from "../app/router.js";

const LAYERS = 8;
const SHADES = { "budget:error": "error", "budget:slow": "slow", "budget:new": "new", "budget:ordinary": "ordinary", "budget:base": "base", late: "late", others: "others" };
const RULES = ["rule", "rule2", "rule3"]; // of policies, boosts and what else has no colour of its own

const total = (values) => values.reduce((a, b) => a + b, 0);

/** The largest few, and the others together. */
function layers({ kept, dropped }, form) {
  const named = Object.entries(kept).sort((a, b) => total(b[1]) - total(a[1]));
  let rule = 0;
  const shown = named.slice(0, LAYERS - 2).map(([reason, values]) => ({ label: word("reason.", reason), colour: SHADES[reason] || RULES[rule++ % RULES.length], values }));
  const rest = named.slice(LAYERS - 2).map(([, values]) => values);
  const sum = (lists, n) => Array.from({ length: n }, (_, i) => lists.reduce((all, values) => all + values[i], 0));
  const n = named[0]?.[1].length ?? Object.values(dropped)[0]?.length ?? 0;
  if (rest.length > 0) shown.push({ label: t("reason.others"), colour: "others", values: sum(rest, n) });
  if (form !== "kept") shown.push({ label: t("dropped"), colour: "dropped", values: sum(Object.values(dropped), n) });
  return shown;
}

function shares(series) {
  const sums = series[0]?.values.map((_, i) => total(series.map((one) => one.values[i]))) || [];
  return series.map((one) => ({ ...one, values: one.values.map((value, i) => (sums[i] > 0 ? value / sums[i] : null)) }));
}

/** On a scale of logarithms layers would lie: each reason has a line of its own, and nothing is a gap. */
const lines = (series) => series.map((one) => ({ ...one, told: one.values, values: one.values.map((value) => (value > 0 ? value : null)), dash: one.colour === "dropped" ? [5, 3] : undefined }));

const LEAST = 0.01; // spans a second: below, a burst of one span would stretch the scale

/** The power of ten that all of it lies above. */
function ground(series) {
  const least = series.flatMap((one) => one.values).reduce((low, value) => (value === null ? low : Math.min(low, value)), Infinity);
  return 10 ** Math.floor(Math.log10(Math.max(LEAST, Math.min(1, least))));
}

const span = (times) => times[times.length - 1] - times[0];

export function Reasons({ status, marks, form }) {
  const history = rates();
  const drawn = layers(history, form);
  const share = form === "share";
  const log = form === "log";
  const series = share ? shares(drawn) : log ? lines(drawn) : drawn;
  const { kept, dropped } = status.spans;
  const tools = html`<${Choice}
    label=${t("reasons.form")}
    value=${form}
    onChange=${(next) => setQuery({ reasons: next === "share" ? undefined : next })}
    options=${[["share", t("reasons.share")], ["spans", t("reasons.spans")], ["log", t("reasons.log")], ["kept", t("reasons.kept")]]}
  />`;
  const quiet = series.every((one) => one.values.filter((value) => value !== null).length < 2);
  return html`<${Card} id="reasons" title=${t("reasons.title")} tools=${tools}>
    ${history.times.length < 2 || quiet
      ? html`<${Empty} what=${kept + dropped === 0 ? t("reasons.nothing") : history.times.length < 2 ? t("reasons.soon") : t("reasons.quiet", { kept: percent(kept, kept + dropped) })} how=${kept + dropped === 0 ? t("reasons.how") : ""} command=${kept + dropped === 0 ? "export OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318" : ""} />`
      : html`<${Chart}
          title=${t("reasons.title")}
          stack=${!log}
          log=${log ? ground(series) : undefined}
          fine=${span(history.times) < 600}
          times=${history.times}
          series=${series}
          text=${share ? (value) => percent(value, 1) : (value) => decimal(value) + " /s"}
          axis=${share ? (value) => percent(value, 1) : undefined}
          say=${t("reasons.say", { kept: percent(kept, kept + dropped) })}
          marks=${marks}
        />`}
  <//>`;
}
