// Charts over time: uPlot in a frame with a sentence, a table and a CSV of the same numbers.
import { html, uPlot, useEffect, useRef, useState } from "./lib.js";
import { locale, t } from "./i18n.js";
import { clock, day, decimal } from "./format.js";

const TALL = 190;

const probe = document.createElement("i");
probe.className = "hidden";
document.body.append(probe);

/** A colour of the style sheet as it is now: a property is only a text until something is painted with it. */
export function colour(name) {
  probe.style.color = "var(--" + name + ")";
  return getComputedStyle(probe).color;
}

/** Each series on top of those before it. */
export function stacked(series) {
  const sums = [];
  return series.map((one) => one.values.map((value, i) => (value === null ? null : (sums[i] = (sums[i] || 0) + value))));
}

/** Moments at which somebody changed something, as lines with a flag. */
function marksPlugin(marks) {
  return {
    hooks: {
      draw: (plot) => {
        const context = plot.ctx;
        context.save();
        context.strokeStyle = colour("soft");
        context.fillStyle = colour("soft");
        context.setLineDash([3, 3]);
        for (const mark of marks()) {
          const x = Math.round(plot.valToPos(mark.at, "x", true));
          if (x < plot.bbox.left || x > plot.bbox.left + plot.bbox.width) continue;
          context.beginPath();
          context.moveTo(x, plot.bbox.top);
          context.lineTo(x, plot.bbox.top + plot.bbox.height);
          context.stroke();
          context.beginPath();
          context.arc(x, plot.bbox.top + 3, 3 * devicePixelRatio, 0, 7);
          context.fill();
        }
        context.restore();
      },
    },
  };
}

function options(props, width, marks) {
  const grid = { stroke: colour("grid"), width: 1 };
  const axis = { stroke: colour("soft"), grid, ticks: { show: false }, font: "11px system-ui, sans-serif" };
  const digits = new Intl.DateTimeFormat(locale(), props.long ? { month: "numeric", day: "numeric", hour: "2-digit", hourCycle: "h23" } : { hour: "2-digit", minute: "2-digit", second: props.fine ? "2-digit" : undefined, hourCycle: "h23" });
  return {
    width,
    height: props.height || TALL,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: !props.stack } },
    padding: [10, props.fine ? 28 : 18, 0, 0], // half of the last time has room
    scales: {
      x: { time: true, range: props.range ? () => props.range : undefined },
      y: { range: (plot, low, high) => [Math.min(0, low), high > 0 ? high * 1.08 : 1], ...(props.log ? { distr: 3, range: (plot, low, high) => [props.log, 10 ** Math.ceil(Math.log10(Math.max(high, props.log * 10)))] } : {}) },
    },
    axes: [
      { ...axis, size: 26, gap: 4, space: props.fine ? 78 : 60, incrs: [1, 5, 10, 15, 30, 60, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400, 172_800, 432_000], values: (plot, splits) => splits.map((at) => digits.format(at * 1000)) },
      { ...axis, size: 58, space: 34, values: (plot, splits) => splits.map((value) => (value === null ? "" : props.axis ? props.axis(value) : decimal(value))) },
    ],
    series: [{}, ...props.series.map((one) => ({
      label: one.label,
      stroke: one.hidden ? undefined : colour(one.colour),
      fill: one.fill ? colour(one.colour + (one.fill === true ? "-area" : one.fill)) : undefined,
      width: one.hidden ? 0 : one.width ?? 1.75,
      dash: one.dash,
      points: { show: one.points ?? false, size: 6, fill: colour(one.colour) },
      spanGaps: one.spanGaps ?? false,
    }))],
    bands: (props.bands || []).map(([upper, lower, name]) => ({ series: [upper + 1, lower + 1], fill: colour(name) })),
    plugins: [marksPlugin(marks)],
    hooks: { setCursor: [(plot) => props.onCursor(plot.cursor.idx)] },
  };
}

/**
 * A chart.
 * @param times unix seconds
 * @param series {label, colour, values, dash, fill, told}; drawn in their order; told instead of values where
 *   those cannot be drawn
 * @param say the sentence that says the same
 * @param marks {at, text} of changes
 */
export function Chart(props) {
  const { id, title, times, series, say, stack, text } = props;
  const place = useRef();
  const drawn = useRef();
  const newest = useRef(props);
  newest.current = props;
  const [at, setAt] = useState(null);
  const [asTable, setTable] = useState(false);
  const shape = series.map((one) => one.label + one.colour).join() + title + props.log + JSON.stringify(props.bands) + props.long + props.height;
  const data = () => [times, ...(stack ? stacked(series) : series.map((one) => one.values))];

  useEffect(() => {
    if (asTable || !place.current) return undefined; // gone before it was drawn
    const draw = () => {
      if (!place.current) return;
      drawn.current?.destroy();
      const shown = { ...newest.current, onCursor: setAt, series: stack ? [...newest.current.series] : newest.current.series };
      const made = options(shown, place.current.clientWidth || 300, () => newest.current.marks || []);
      if (newest.current.range) made.scales.x.range = () => newest.current.range;
      if (stack) {
        // Bands between a layer and the one below it.
        made.bands = series.slice(1).map((one, i) => ({ series: [i + 2, i + 1], fill: colour(one.colour + "-area") }));
        made.series.forEach((one, i) => i > 1 && delete one.fill);
        if (made.series[1]) made.series[1].fill = colour(series[0].colour + "-area");
      }
      drawn.current = new uPlot(made, data(), place.current);
    };
    draw();
    const resized = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry.contentRect.width);
      if (width > 0 && drawn.current && drawn.current.width !== width) drawn.current.setSize({ width, height: props.height || TALL });
    });
    resized.observe(place.current);
    addEventListener("spanthrift-theme", draw);
    return () => {
      resized.disconnect();
      removeEventListener("spanthrift-theme", draw);
      drawn.current?.destroy();
      drawn.current = undefined;
    };
  }, [shape, asTable, stack]);

  useEffect(() => {
    drawn.current?.setData(data());
  }, [times, series]);

  const words = text || decimal;
  const shownOf = (one) => (at === null ? toldOf(one).findLast((value) => value !== null && value !== undefined) : toldOf(one)[at]);
  const said = (one) => shownOf(one) ?? null;
  const mark = at === null ? null : (props.marks || []).find((one) => Math.abs(one.at - times[at]) <= (props.markWidth || 2));
  return html`<figure class="chart" id=${id}>
    <ul class="legend">
      ${series.filter((one) => one.label).map(
        (one) => html`<li>
          <span class=${"swatch " + one.colour + (one.dash ? " dashed" : "")} aria-hidden="true"></span>${one.label}
          ${" "}<b>${said(one) === null ? "–" : words(said(one))}</b>
        </li>`,
      )}
      <li class="moment">${at !== null && times[at] ? told(times[at], props.long) : ""}${mark ? " · " + mark.text : ""}</li>
    </ul>
    ${asTable
      ? html`<${Numbers} ...${props} words=${words} />`
      : html`<div class="plot" ref=${place} role="img" aria-label=${title + ". " + say}></div>`}
    <figcaption>
      <span class="say">${say}</span>
      ${!asTable && html`<button type="button" class="quiet" onClick=${() => picture(drawn.current.ctx.canvas, title)}>PNG</button>`}
      <button type="button" class="quiet" aria-pressed=${String(asTable)} onClick=${() => setTable(!asTable)}>${asTable ? t("chart.picture") : t("chart.table")}</button>
    </figcaption>
  </figure>`;
}

const toldOf = (one) => one.told || one.values;

/** As a file, for the incident's document. */
function give(blob, title, ending) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = title.replace(/[^\p{L}\p{N}]+/gu, "-") + ending;
  link.click();
  URL.revokeObjectURL(link.href);
}

function picture(from, title) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [from.width, from.height];
  const context = canvas.getContext("2d");
  context.fillStyle = colour("card"); // a chart's own ground is none
  context.fillRect(0, 0, from.width, from.height);
  context.drawImage(from, 0, 0);
  canvas.toBlob((blob) => give(blob, title, ".png"));
}

/** A time of the axis, with its day where there are several. */
const told = (at, long) => (long ? day(at * 1000) + " " : "") + clock(at * 1000);

function Numbers({ title, times, series, words, long }) {
  const named = series.filter((one) => one.label);
  const csv = () => [["time", ...named.map((one) => one.label)], ...times.map((at, i) => [new Date(at * 1000).toISOString(), ...named.map((one) => toldOf(one)[i] ?? "")])]
    .map((line) => line.map((cell) => (/[",\n]/.test(cell) ? '"' + String(cell).replace(/"/g, '""') + '"' : cell)).join(","))
    .join("\n");
  const save = () => give(new Blob([csv()], { type: "text/csv" }), title, ".csv");
  const rows = times.map((at, i) => [at, i]).slice(-60).reverse();
  return html`<div class="scroll tall" tabindex="0" role="group" aria-label=${title}>
    <table aria-label=${title}>
      <thead><tr><th scope="col">${t("time")}</th>${named.map((one) => html`<th scope="col" class="num">${one.label}</th>`)}</tr></thead>
      <tbody>
        ${rows.map(([at, i]) => html`<tr><th scope="row">${told(at, long)}</th>${named.map((one) => html`<td class="num">${toldOf(one)[i] === null || toldOf(one)[i] === undefined ? "–" : words(toldOf(one)[i])}</td>`)}</tr>`)}
      </tbody>
    </table>
    <button type="button" class="quiet" onClick=${save}>CSV</button>
  </div>`;
}
