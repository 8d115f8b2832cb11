// Whether what is kept still tells of all: each operation's estimate against its truth.
import { html } from "../app/lib.js";
import { t } from "../app/i18n.js";
import { href } from "../app/router.js";
import { Pill, Table } from "../app/ui.js";
import { count, duration, perSecond } from "../app/format.js";

const [HEIGHT, LEFT, BOTTOM, EDGE] = [300, 56, 34, 10];
const TICKS_MAX = 7;
const NARROW_PX = 560;

function rate(name) {
  return { of: (row, seconds, open) => point(row, row.all[name], row.estimate[name], 1 / seconds, Math.min(open, row.all[name] - row.kept[name])), text: perSecond };
}

/** What is estimated: how it is read from a row, and said. */
export const MEASURES = {
  spans: rate("spans"),
  errors: rate("errors"),
  p95: { of: (row) => point(row, row.all.p95, row.estimate.p95, 1, 0), text: duration },
};

const scaled = (value, by) => (typeof value === "number" ? value * by : null);

/** @param open of the truth what may wait or have come late: it is seen, and no estimate speaks of it */
function point(row, truth, interval, by, open) {
  const [low, high] = [scaled(interval?.low, by), scaled(interval?.high, by)];
  const one = { row, truth: scaled(truth, by), estimate: scaled(interval?.estimate, by), low, high };
  return { ...one, inside: !(interval?.low > truth) && truth - open <= (interval?.high ?? Infinity) };
}

/** Powers of ten that all of it lies between. */
function decades(values) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const step = Math.ceil((high - low) / TICKS_MAX);
  return { low, high, ticks: Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, i) => 10 ** (low + i * step)) };
}

function Plot({ points, text, say }) {
  const width = innerWidth < NARROW_PX ? 320 : 640;
  const { low, high, ticks } = decades(points.flatMap((one) => [one.truth, one.estimate]));
  const part = (value) => Math.max(0, Math.min(1, (Math.log10(value) - low) / (high - low)));
  const x = (value) => LEFT + (width - LEFT - EDGE) * part(value);
  const y = (value) => EDGE + (HEIGHT - BOTTOM - EDGE) * (1 - part(value));
  const [from, to] = [10 ** low, 10 ** high];
  return html`<svg class="scatter" viewBox=${"0 0 " + width + " " + HEIGHT} role="img" aria-label=${say}>
    ${ticks.map((value) => html`<line class="w-grid" x1=${LEFT} x2=${width - EDGE} y1=${y(value)} y2=${y(value)} /><text class="tick" x=${LEFT - 6} y=${y(value) + 4} text-anchor="end">${text(value)}</text>`)}
    ${ticks.map((value, i) => html`<line class="w-grid" x1=${x(value)} x2=${x(value)} y1=${EDGE} y2=${HEIGHT - BOTTOM} />${(i % 2 === 0 || width > NARROW_PX) && html`<text class="tick" x=${x(value)} y=${HEIGHT - BOTTOM + 14} text-anchor=${i === ticks.length - 1 ? "end" : "middle"}>${text(value)}</text>`}`)}
    <text class="tick" x=${width - EDGE} y=${HEIGHT - 4} text-anchor="end">${t("op.all")} →</text><text class="tick" x=${LEFT + 4} y=${EDGE + 8}>↑ ${t("op.byKept")}</text>
    <line class="c-here" x1=${x(from)} y1=${y(from)} x2=${x(to)} y2=${y(to)} />
    ${points.map(
      (one) => html`<g>
        <line class=${"s-range" + (one.inside ? "" : " off")} x1=${x(one.truth)} x2=${x(one.truth)} y1=${y(one.low > 0 ? one.low : from)} y2=${y(one.high > 0 ? one.high : to)} />
        ${one.inside ? html`<circle class="s-in" cx=${x(one.truth)} cy=${y(one.estimate)} r="4" />` : html`<path class="s-off" d=${"M" + x(one.truth) + " " + (y(one.estimate) - 5.5) + "l5.5 5.5-5.5 5.5-5.5-5.5z"} />`}
        <title>${one.row.service} · ${one.row.operation}: ${text(one.truth)}, ${text(one.estimate)}</title>
      </g>`,
    )}
  </svg>`;
}

function interval({ low, high }, text) {
  if (low === null && high === null) return "–";
  return low === null ? "≤ " + text(high) : high === null ? "≥ " + text(low) : text(low) + " – " + text(high);
}

/** @param measure of MEASURES
 * @param open spans of all operations that wait or came late */
export function Scatter({ rows, seconds, measure, open }) {
  const { of, text } = MEASURES[measure];
  const points = rows.map((row) => of(row, Math.max(1, seconds), open)).filter((one) => one.truth > 0);
  const drawn = points.filter((one) => one.estimate > 0);
  const say = t("scatter.say", { inside: count(drawn.filter((one) => one.inside).length), all: count(drawn.length) }) + (points.length > drawn.length ? " " + t("scatter.none", { none: count(points.length - drawn.length) }) : "");
  if (drawn.length === 0) return html`<p class="note">${points.length > 0 ? say : t("op.notYet")}</p>`;
  return html`<figure class="chart" id="scatter">
    <ul class="legend"><li><span class="key-dot key-in" aria-hidden="true"></span>${t("scatter.inside")}</li><li><span class="key-diamond" aria-hidden="true"></span>${t("scatter.outside")}</li><li><span class="swatch dropped dashed" aria-hidden="true"></span>${t("scatter.line")}</li></ul>
    <${Plot} points=${drawn} text=${text} say=${say} />
    <figcaption><span class="say">${say}</span></figcaption>
    <${Table} label=${t("ops.scatter")} rows=${[...points].sort((a, b) => Number(a.inside) - Number(b.inside) || b.truth - a.truth)} keyOf=${({ row }) => row.service + "\u0000" + row.operation} columns=${[
      { label: t("operation"), cell: ({ row }) => html`<a href=${href("operation", [row.service, row.operation])}>${row.service} · ${row.operation}</a>` },
      { label: t("op.all"), num: true, cell: (one) => text(one.truth) },
      { label: t("op.byKept"), num: true, cell: (one) => (one.estimate > 0 ? text(one.estimate) : "–") },
      { label: t("op.interval"), num: true, cell: (one) => interval(one, text) },
      { label: "", hint: t("state"), cell: (one) => one.estimate > 0 && !one.inside && html`<${Pill} tone="warn" icon="◆">${t("scatter.outside")}<//>` },
    ]} />
  </figure>`;
}
