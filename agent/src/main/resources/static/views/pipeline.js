// Where every span is: door, hold, decision, destinations; memory and the books.
import { html } from "../app/lib.js";
import { t, word } from "../app/i18n.js";
import { Chart } from "../app/charts.js";
import { Bar, Card, Figure, Pill, Table } from "../app/ui.js";
import { bytes, count, decimal, percent, perSecond, whole } from "../app/format.js";
import { useLive } from "../app/live.js";
import { English } from "../app/said.js";
import { useMarks } from "./marks.js";

const OFTEN_MS = 2_000;
const sum = (map) => Object.values(map).reduce((a, b) => a + b, 0);
const listed = (map) => Object.entries(map).filter(([, n]) => n > 0).map(([name, n]) => name.toLowerCase().replaceAll("_", " ") + " " + count(n)).join(", ");

function Fate({ spans }) {
  const fates = [["held", spans.held], ["kept", spans.kept], ["dropped", spans.dropped]];
  return html`<${Card} id="fate" title=${t("pipeline.fate")}>
    <${Table} label=${t("pipeline.fate")} rows=${fates} keyOf=${(row) => row[0]} columns=${[
      { label: t("pipeline.what"), cell: ([name]) => t("fate." + name) },
      { label: t("spans"), num: true, cell: ([, n]) => html`<span title=${whole(n)}>${count(n)}</span>` },
      { label: t("share"), num: true, cell: ([, n]) => percent(n, spans.received) },
      { label: "", hint: t("share"), cell: ([name, n]) => html`<${Bar} part=${n} all=${spans.received} tone=${name} />` },
    ]} />
    <dl class="facts facts-tight">
      <dt>${t("pipeline.late")}</dt><dd>${count(spans.late)}</dd>
      <dt>${t("pipeline.early")}</dt><dd>${count(spans.tracesDecidedEarly)}</dd>
      <dt>${t("pipeline.failed")}</dt><dd>${sum(spans.failedByReason) === 0 ? "0" : html`<${English} text=${listed(spans.failedByReason)} />`}</dd>
    </dl>
  <//>`;
}

function ByReason({ id, title, map, all, tone }) {
  const rows = Object.entries(map).sort((a, b) => b[1] - a[1]);
  return html`<${Card} id=${id} title=${title}>
    <${Table} label=${title} rows=${rows} keyOf=${(row) => row[0]} empty=${t("pipeline.none")} columns=${[
      { label: t("reason"), cell: ([reason]) => word("reason.", reason) },
      { label: t("spans"), num: true, cell: ([, n]) => count(n) },
      { label: t("share"), num: true, cell: ([, n]) => percent(n, all) },
      { label: "", hint: t("share"), cell: ([, n]) => html`<${Bar} part=${n} all=${all} tone=${tone} />` },
    ]} />
  <//>`;
}

function reach({ away, connected, answers }) {
  if (away) return html`<${Pill} tone="alarm" icon="✗">${t("away")}<//>`;
  if (connected) return html`<${Pill} tone="good" icon="●">${t("connected")}<//>`;
  // Between two requests a connection may be closed without harm.
  return html`<${Pill} icon="○">${t(Object.keys(answers).length > 0 ? "idle" : "untried")}<//>`;
}

function Destinations({ destinations }) {
  return html`<${Card} id="destinations" title=${t("pipeline.destinations")} wide=${true}>
    <${Table} label=${t("pipeline.destinations")} rows=${destinations} keyOf=${(row) => row.name} empty=${t("pipeline.noDestination")} columns=${[
      { label: t("name"), cell: (row) => row.name },
      { label: t("state"), cell: (row) => reach(row) },
      { label: t("pipeline.wire"), num: true, cell: (row) => bytes(row.wireBytes) },
      { label: t("pipeline.retries"), num: true, cell: (row) => count(row.retries) },
      { label: t("pipeline.queue"), cell: (row) => html`<span class="split"><${Bar} part=${row.queuedBytes} all=${row.queueBytesMax} tone=${row.queuedBytes > row.queueBytesMax / 2 ? "alarm" : ""} /><span>${percent(row.queuedBytes, row.queueBytesMax)}</span></span>` },
      { label: t("pipeline.lastError"), wrap: true, cell: (row) => (row.lastError ? html`<${English} text=${row.lastError} />` : "–") },
    ]} />
  <//>`;
}

function Memory({ held, memory, decisions }) {
  const rows = [
    ["pipeline.heap", memory.heapUsedBytes, memory.heapBytesMax],
    ["pipeline.resident", memory.residentBytes, memory.bytesMax],
    ["pipeline.held", held.bytes, held.bytesMax],
    ["pipeline.decisions", decisions.bytes, decisions.bytesMax],
  ].filter(([, used]) => used !== undefined);
  return html`<${Card} id="memory" title=${t("pipeline.memory")}>
    <${Table} label=${t("pipeline.memory")} rows=${rows} keyOf=${(row) => row[0]} columns=${[
      { label: t("pipeline.what"), cell: ([key]) => t(key) },
      { label: t("pipeline.used"), num: true, cell: ([, used]) => bytes(used) },
      { label: t("pipeline.bound"), num: true, cell: ([, , max]) => (max ? bytes(max) : "–") },
      { label: "", hint: t("share"), cell: ([, used, max]) => (max ? html`<${Bar} part=${used} all=${max} />` : "") },
    ]} />
  <//>`;
}

export function Pipeline({ status }) {
  const marks = useMarks();
  useLive("/api/v1/status", OFTEN_MS); // the stream tells of sums, not of queues and doors
  if (!status) return html`<p class="note">${t("loading")}</p>`;
  const { spans, rates, history, signals, identities } = status;
  const end = Date.parse(status.now) / 1000;
  const times = history.received.map((_, i) => end - (history.received.length - 1 - i) * history.stepSeconds);
  return html`<div class="grid">
    <div class="figures">
      <${Figure} id="rate-in" label=${t("pipeline.in")} value=${perSecond(rates.receivedSpansPerSecond)} note=${t("pipeline.inNote", { bytes: bytes(rates.receivedBytesPerSecond), requests: decimal(rates.requestsPerSecond) })} />
      <${Figure} id="rate-kept" label=${t("pipeline.keptRate")} value=${perSecond(rates.keptSpansPerSecond)} note=${t("pipeline.keptNote", { bytes: bytes(rates.keptBytesPerSecond), part: percent(rates.keptSpansPerSecond, rates.keptSpansPerSecond + rates.droppedSpansPerSecond) })} />
      <${Figure} id="held-now" label=${t("pipeline.waiting")} value=${count(status.held.spans)} note=${t("pipeline.waitingNote", { traces: count(status.held.traces), part: percent(status.held.bytes, status.held.bytesMax) })} />
      <${Figure} id="learned" label=${t("pipeline.learned")} value=${count(status.learned.operations)} note=${t("pipeline.learnedNote", { paths: count(status.learned.paths), signatures: count(status.learned.errorSignatures) })} />
    </div>
    <${Card} id="flow" title=${t("pipeline.flow")} wide=${true}>
      <${Chart} title=${t("pipeline.flow")} fine=${true} times=${times} marks=${marks}
        series=${[{ label: t("pipeline.in"), colour: "dropped", values: history.received, dash: [5, 3] }, { label: t("kept"), colour: "kept", values: history.kept, width: 2 }]}
        text=${(value) => decimal(value) + " /s"}
        say=${t("pipeline.flowSay", { received: decimal(rates.receivedSpansPerSecond), kept: decimal(rates.keptSpansPerSecond) })} />
    <//>
    <${ByReason} id="kept-reasons" title=${t("pipeline.keptBy")} map=${spans.keptByReason} all=${spans.kept} tone="kept" />
    <${ByReason} id="dropped-reasons" title=${t("pipeline.droppedBy")} map=${spans.droppedByReason} all=${spans.dropped} />
    <${Fate} spans=${spans} />
    <${Memory} held=${status.held} memory=${status.memory} decisions=${status.decisions} />
    <${Destinations} destinations=${status.destinations} />
    <${Card} id="door" title=${t("pipeline.door")}>
      <${Table} label=${t("pipeline.door")} rows=${Object.entries(signals)} keyOf=${(row) => row[0]} columns=${[
        { label: t("signal"), cell: ([name]) => t("signal." + name) },
        { label: t("pipeline.requests"), num: true, cell: ([, one]) => count(one.received) },
        { label: t("bytes"), num: true, cell: ([, one]) => bytes(one.receivedBytes) },
        { label: t("pipeline.refused"), num: true, cell: ([, one]) => html`<span title=${listed(one.refused)}>${count(sum(one.refused))}</span>` },
      ]} />
    <//>
    <${Card} id="books" title=${t("pipeline.books")}>
      <${Table} label=${t("pipeline.books")} rows=${identities.filter((one) => one.left > 0 || !one.holds)} keyOf=${(row) => row.law} empty=${t("pipeline.none")} columns=${[
        { label: t("pipeline.law"), wrap: true, cell: (row) => html`<span class="wrap"><${English} text=${row.law} /></span>` },
        { label: t("pipeline.holds"), cell: (row) => (row.holds ? html`<${Pill} tone="good" icon="✓">${count(row.left)}<//>` : html`<${Pill} tone="alarm" icon="✗">${count(row.left)} ≠ ${count(row.right)}<//>`) },
      ]} />
    <//>
  </div>`;
}
