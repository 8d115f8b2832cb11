// Money by operation, and which part of each is kept.
import { html, useEffect, useMemo, useRef, useState } from "../app/lib.js";
import { t } from "../app/i18n.js";
import { get } from "../app/api.js";
import { useLive } from "../app/live.js";
import { href, setQuery } from "../app/router.js";
import { colour } from "../app/charts.js";
import { Awaited, Card, Choice, Empty, Table, Trouble, useSettled } from "../app/ui.js";
import { amount, clock, count, decimal, duration, percent } from "../app/format.js";
import { useOperationHistory, watchOperations } from "./opshistory.js";
import { useMarks } from "./marks.js";
import { MEASURES, Scatter } from "./scatter.js";

const LIMIT = 100;
const HEAT_ROWS = 50;
const ROW_PX = 18;
const HATCH_PX = 5;
const FLOOR_NEAR = 1.25; // chance keeps a little more, or less
const FLOOR_SPANS = 5; // that the floor would keep, before it can be told from chance


/** ± half of the interval, as a part of the estimate. */
export function spread(interval) {
  if (!interval || interval.low === null || interval.high === null || !(interval.estimate > 0)) return null;
  return (interval.high - interval.low) / 2 / interval.estimate;
}

/** Of what was seen; null where nothing was. */
const shareOf = (cell) => (cell && cell.all > 0 ? Math.min(1, cell.kept / cell.all) : null);

/** Whether as little is kept as ever: of each trace its least probability. Of a few spans nobody can tell. */
const atFloor = (row, cell, seconds) =>
  shareOf(cell) !== null && row.floor !== undefined && row.floor * FLOOR_NEAR < 1 && cell.all * seconds * row.floor >= FLOOR_SPANS && shareOf(cell) <= row.floor * FLOOR_NEAR;

function hatch(context, left, top, width, height) {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.strokeStyle = colour("text");
  context.globalAlpha = 0.55;
  context.beginPath();
  for (let x = left - height; x < left + width; x += HATCH_PX) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.stroke();
  context.restore();
}

/** Colour says how much of an operation is kept (log), each column a minute, or in the first ones an answer of the API. */
function Heat({ rows }) {
  const canvas = useRef();
  const [at, setAt] = useState(null); // [row, column]
  const marks = useMarks();
  const history = useOperationHistory();
  const { times } = history;
  const shown = rows.slice(0, HEAT_ROWS).map((row) => ({ row, cells: history.of(row), firstSeen: history.firstSeen(row) }));
  const columns = Math.max(12, times.length);
  const left = (i) => (columns - times.length + i) / columns;
  useEffect(() => {
    const draw = () => {
      const place = canvas.current;
      if (!place) return;
      const [width, height] = [place.clientWidth, shown.length * ROW_PX];
      const wide = width / columns - 1;
      place.width = width * devicePixelRatio;
      place.height = height * devicePixelRatio;
      const context = place.getContext("2d");
      context.scale(devicePixelRatio, devicePixelRatio);
      shown.forEach(({ row, cells, firstSeen }, y) => {
        cells.forEach((cell, i) => {
          const share = shareOf(cell);
          context.fillStyle = share === null ? colour("grid") : colour("kept");
          // From a thousandth, pale, to all, full.
          context.globalAlpha = share === null ? 1 : 0.1 + 0.9 * Math.max(0, 1 + Math.log10(Math.max(share, 1e-3)) / 3);
          context.fillRect(left(i) * width, y * ROW_PX + 1, wide, ROW_PX - 2);
          context.globalAlpha = 1;
          if (atFloor(row, cell, history.seconds)) hatch(context, left(i) * width, y * ROW_PX + 1, wide, ROW_PX - 2);
          if (firstSeen === times[i]) {
            context.fillStyle = colour("new");
            context.beginPath();
            context.arc(left(i) * width + wide / 2, y * ROW_PX + ROW_PX / 2, 4.5, 0, 7);
            context.fill();
            context.strokeStyle = colour("card");
            context.stroke();
          }
        });
      });
      context.fillStyle = colour("text");
      for (const mark of marks) {
        const i = times.findIndex((end) => end >= mark.at);
        if (i >= 0 && mark.at > times[0] - 60) context.fillRect(Math.round(left(i) * width), 0, 1, height);
      }
      if (at) {
        context.strokeStyle = colour("text");
        context.lineWidth = 2;
        context.strokeRect(left(at[1]) * width + 1, at[0] * ROW_PX + 1, Math.max(3, wide - 2), ROW_PX - 2);
      }
    };
    draw();
    addEventListener("spanthrift-theme", draw);
    return () => removeEventListener("spanthrift-theme", draw);
  });
  const point = (event) => {
    const box = canvas.current.getBoundingClientRect();
    const i = Math.floor(((event.clientX - box.left) / box.width) * columns) - (columns - times.length);
    const y = Math.floor((event.clientY - box.top) / ROW_PX);
    setAt(shown[y]?.cells[i] !== undefined ? [y, i] : null);
  };
  const step = (event) => {
    const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!by) return;
    event.preventDefault();
    const [y, x] = at || [0, times.length - 1];
    const inside = (value, end) => Math.max(0, Math.min(end - 1, value));
    setAt(at ? [inside(y + by[0], shown.length), inside(x + by[1], times.length)] : [0, times.length - 1]);
  };
  const words = ([y, x]) => {
    const { row, cells, firstSeen } = shown[y];
    const operation = row.service + " · " + row.operation;
    const cell = cells[x];
    if (!cell) return clock(times[x] * 1000) + " · " + operation + ": –";
    return clock(cell.at * 1000) + " · " + t("ops.cell", { operation, seen: decimal(cell.all), kept: decimal(cell.kept), part: percent(cell.kept, cell.all) }) + (atFloor(row, cell, history.seconds) ? " · " + t("ops.atFloor", { floor: percent(row.floor) }) : "") + (firstSeen === times[x] ? " · " + t("ops.firstSeen") : "");
  };
  if (times.length === 0) return html`<p class="note">${t("ops.heatSoon")}</p>`;
  const say = t(history.minutes ? "ops.heatMinutes" : "ops.heatSay");
  const told = at && shown[at[0]] && at[1] < times.length ? words(at) : "";
  return html`<div class="heat-map">
      <ol class="heat-names">${shown.map(({ row }) => html`<li><a href=${href("operation", [row.service, row.operation])}>${row.service} · ${row.operation}</a></li>`)}</ol>
      <canvas ref=${canvas} class="heat-canvas" role="img" tabindex="0" aria-label=${say + " " + t("ops.heatKeys")} aria-describedby="heat-cell" onKeyDown=${step} onMouseMove=${point} onMouseLeave=${() => setAt(null)} onBlur=${() => setAt(null)} height=${shown.length * ROW_PX}></canvas>
      <span></span><p class="note heat-times"><span>${times.length === columns ? clock(times[0] * 1000) : ""}</span><span>${clock(times[times.length - 1] * 1000)}</span></p>
    </div>
    <ul class="legend"><li><span class="key-cell" aria-hidden="true"></span>${t("ops.keyKept")}</li><li><span class="key-cell key-hatch" aria-hidden="true"></span>${t("ops.keyFloor")}</li>${history.minutes && html`<li><span class="key-dot" aria-hidden="true"></span>${t("ops.keyNew")}</li>`}</ul>
    <p class="note" id="heat-cell" aria-live="polite">${told || say}</p>`;
}

export function Operations({ query, status }) {
  const sort = query.get("sort") || "paid";
  const service = query.get("service") || "";
  const wanted = query.get("q") || "";
  const form = query.get("form") || "table";
  const of = Object.hasOwn(MEASURES, query.get("of")) ? query.get("of") : "spans";
  const filter = useSettled(new URLSearchParams({ sort, limit: LIMIT, ...(service && { service }), ...(wanted && { operation: wanted }) }).toString(), 200);
  const { data, error, at, again } = useLive("/api/v1/operations?" + filter);
  const [more, setMore] = useState({ of: "", rows: [], next: null });
  const open = useMemo(() => (status ? status.spans.held + status.spans.late : 0), [at, !status]); // when this was answered
  watchOperations(data, at);
  const mine = more.of === filter ? more : { rows: [], next: undefined };
  const rows = [...(data?.operations || []), ...mine.rows];
  const next = mine.next === undefined ? data?.next : mine.next;
  const load = async () => {
    try {
      const page = await get("/api/v1/operations?" + filter + "&cursor=" + encodeURIComponent(next));
      setMore({ of: filter, rows: [...mine.rows, ...page.operations], next: page.next || null });
    } catch (error) {
      setMore({ ...mine, of: filter, error });
    }
  };
  const cash = amount;
  return html`<div class="grid">
    <${Card}
      id="operations"
      title=${data ? t("ops.title", { total: data.total }) : t("view.operations")}
      wide=${true}
      tools=${html`<${Choice} label=${t("ops.form")} value=${form} onChange=${(next) => setQuery({ form: next === "table" ? undefined : next })} options=${[["table", t("ops.table")], ["heat", t("ops.heat")], ["scatter", t("ops.scatter")]]} />`}
    >
      <div class="row filter">
        <label>${t("service")}<input value=${service} onInput=${(e) => setQuery({ service: e.target.value })} /></label>
        <label>${t("ops.contains")}<input value=${wanted} onInput=${(e) => setQuery({ q: e.target.value })} /></label>
      </div>
      ${data ? html`<${Trouble} error=${error} again=${again} />` : html`<${Awaited} error=${error} again=${again} />`}
      ${data && data.total === 0 && !service && !wanted
        ? html`<${Empty} what=${t("reasons.nothing")} how=${t("reasons.how")} command="export OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318" />`
        : data && form === "heat"
          ? html`<${Heat} rows=${rows} />`
          : data && form === "scatter"
          ? html`<${Choice} label=${t("ops.of")} value=${of} onChange=${(next) => setQuery({ of: next === "spans" ? undefined : next })} options=${Object.keys(MEASURES).map((one) => [one, t("scatter." + one)])} />
              <${Scatter} rows=${rows} seconds=${data.seconds} measure=${of} open=${open} />`
          : data &&
            html`<${Table}
              label=${t("view.operations")}
              rows=${rows}
              empty=${t("ops.noMatch")}
              keyOf=${(row) => row.service + "\u0000" + row.operation}
              sort=${sort}
              onSort=${(key) => setQuery({ sort: key === "paid" ? undefined : key })}
              columns=${[
                { label: t("operation"), sort: "operation", cell: (row) => html`<a href=${href("operation", [row.service, row.operation])}>${row.service} · ${row.operation}</a>` },
                { label: t("paidIn", { currency: data.currency }), sort: "paid", num: true, cell: (row) => html`<b>${cash(row.kept.money)}</b>` },
                { label: t("ops.list"), sort: "listPrice", num: true, cell: (row) => cash(row.all.money) },
                { label: t("ops.rate"), sort: "spans", num: true, cell: (row) => decimal(row.all.perSecondLately ?? row.all.perSecond) },
                { label: t("ops.keptShare"), sort: "keptShare", num: true, cell: (row) => percent(row.keptShare) },
                { label: t("ops.floor"), num: true, cell: (row) => (row.floor === undefined ? "–" : percent(row.floor)) },
                { label: t("ops.errorRate"), sort: "errorRate", num: true, cell: (row) => (row.all.errors > 0 ? percent(row.all.errors, row.all.spans) : "0") },
                { label: t("ops.errorsKept"), sort: "errors", num: true, cell: (row) => (row.all.errors > 0 ? percent(row.kept.errors, row.all.errors) : "–") },
                { label: "p95", sort: "p95", num: true, cell: (row) => duration(row.all.p95) },
                { label: t("ops.spread"), num: true, cell: (row) => (spread(row.estimate.spans) === null ? "–" : "±" + percent(spread(row.estimate.spans))) },
              ]}
            />`}
      <${Trouble} error=${mine.error} />
      ${next && html`<p><button type="button" onClick=${load}>${t("ops.more")}</button> <span class="note">${count(rows.length)} / ${count(data.total)}</span></p>`}
    <//>
  </div>`;
}
