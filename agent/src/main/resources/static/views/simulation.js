// What the policy of now and another one would have kept of the recorded traffic, side by side.
import { html, useEffect, useRef, useState } from "../app/lib.js";
import { t } from "../app/i18n.js";
import { ask } from "../app/jobs.js";
import { Empty, Table, Trouble } from "../app/ui.js";
import { bytes, count, duration, money, percent } from "../app/format.js";
import { English } from "../app/said.js";

const WORST = 8;

/** Two answers as rows. */
export function compared(before, after) {
  const rows = [
    [t("sim.cost"), (one) => money(one.cost.kept, one.cost.currency), (one) => one.cost.kept],
    [t("sim.bytes"), (one) => bytes(one.kept.bytes) + " · " + percent(one.shareOfBytes), (one) => one.kept.bytes],
    [t("sim.traces"), (one) => count(one.kept.traces) + " / " + count(one.received.traces), (one) => one.kept.traces],
    [t("sim.errors"), (one) => count(one.errors.keptTraces) + " / " + count(one.errors.traces), (one) => one.errors.keptTraces],
    [t("sim.lost"), (one) => count(one.errors.lostSignatures) + " / " + count(one.errors.signatures), (one) => one.errors.lostSignatures],
    [t("sim.worst"), (one) => (worst(one)[0] ? percent(worst(one)[0].worst) : "–"), (one) => worst(one)[0]?.worst ?? 0],
  ];
  const change = (row) => {
    const [was, is] = [row[2](before), row[2](after)];
    return was === is ? "=" : was > 0 ? (is > was ? "+" : "−") + percent(Math.abs(is - was), was) : "";
  };
  return rows.map((row) => ({ what: row[0], before: row[1](before), after: row[1](after), change: change(row) }));
}

const worst = (answer) => [...answer.operations].filter((one) => Number.isFinite(one.worst)).sort((a, b) => b.worst - a.worst);

export function Comparison({ before, after }) {
  return html`<${Table}
      label=${t("sim.title")}
      id="comparison"
      rows=${compared(before, after)}
      columns=${[
        { label: t("sim.what"), cell: (row) => row.what },
        { label: t("sim.now"), num: true, cell: (row) => row.before },
        { label: t("sim.then"), num: true, cell: (row) => html`<b>${row.after}</b>` },
        { label: "", hint: t("sim.change"), num: true, cell: (row) => row.change },
      ]}
    />
    <p class="note">${t("sim.from", { time: duration(after.seconds), traces: count(after.received.traces) })} <${English} text=${after.warnings.join(". ")} /></p>
    ${after.errors.lost.length > 0 &&
    html`<h3>${t("sim.lostOnes")}</h3>
      <${Table} label=${t("sim.lostOnes")} rows=${after.errors.lost.slice(0, WORST)} columns=${[
        { label: t("operation"), cell: (row) => row.service + " · " + row.operation },
        { label: t("error"), cell: (row) => html`<span lang="en">${row.error}</span>` },
        { label: t("spans"), num: true, cell: (row) => count(row.spans) },
      ]} />`}
    <h3>${t("sim.worstOnes")}</h3>
    <${Table} label=${t("sim.worstOnes")} rows=${worst(after).slice(0, WORST)} empty=${t("sim.noOperations")} columns=${[
      { label: t("operation"), cell: (row) => row.service + " · " + row.name },
      { label: t("sim.keptTraces"), num: true, cell: (row) => count(row.keptTraces) },
      { label: t("sim.countError"), num: true, cell: (row) => percent(Math.abs(row.count.relativeError)) },
      { label: t("sim.p95Error"), num: true, cell: (row) => percent(Math.abs(row.p95.relativeError)) },
    ]} />`;
}

/** Nothing is recorded: 409. */
export const NotRecorded = () => html`<${Empty} what=${t("sim.nothing")} how=${t("sim.how")} command="SPANTHRIFT_RECORDING_BYTES_MAX=16MiB ./spanthrift run" />`;

export function Simulation({ before, after, ready }) {
  const [state, set] = useState({});
  const asked = useRef(0);
  useEffect(() => {
    asked.current++;
    set({});
  }, [after]);
  useEffect(() => () => { asked.current = -1; }, []);
  const run = async () => {
    const mine = ++asked.current;
    const wanted = () => asked.current === mine;
    set({ progress: 0 });
    try {
      const now = await ask("/api/v1/policy:simulate", { body: before, type: "yaml" }, (part) => wanted() && set({ progress: part / 2 }), wanted);
      if (!wanted()) return;
      const then = await ask("/api/v1/policy:simulate", { body: after, type: "yaml" }, (part) => wanted() && set({ progress: 0.5 + part / 2 }), wanted);
      if (wanted()) set({ now, then });
    } catch (error) {
      if (wanted()) set({ error });
    }
  };
  return html`<div class="write">
    <p class="row"><button type="button" id="simulate" onClick=${run} disabled=${!ready || state.progress !== undefined}>${state.progress === undefined ? t("sim.run") : t("sim.running", { part: percent(state.progress) })}</button></p>
    ${state.error && (state.error.status === 409 ? html`<${NotRecorded} />` : html`<${Trouble} error=${state.error} />`)}
    ${state.then && html`<${Comparison} before=${state.now} after=${state.then} />`}
  </div>`;
}
