// Keep more of something for a while: what it will cost first.
import { html, useState } from "../app/lib.js";
import { t } from "../app/i18n.js";
import { call } from "../app/api.js";
import { useLive } from "../app/live.js";
import { Awaited, Card, Choice, Dialog, Empty, Pill, Table, Trouble, When } from "../app/ui.js";
import { Write } from "../app/write.js";
import { count, duration, money, percent } from "../app/format.js";
import { Said } from "../app/said.js";
import { inline } from "../app/yaml.js";
import { matchWords } from "./summaries.js";

const TIMES = ["15m", "30m", "2h", "24h"];

function Preview({ preview }) {
  return html`<dl class="facts" id="boost-preview">
    <dt>${t("boost.traces")}</dt><dd>${t("boost.tracesIn", { traces: count(preview.traces), all: count(preview.recordedTraces), time: duration(preview.seconds) })}</dd>
    <dt>${t("boost.cost")}</dt><dd>${money(preview.cost, preview.currency)} · ${t("perHour", { money: money(preview.costPerHour, preview.currency) })}</dd>
    <dt>${t("boost.anyway")}</dt><dd>${percent(preview.keptAnyway)}</dd>
    ${preview.capLasts !== undefined && html`<dt>${t("boost.capLasts")}</dt><dd>${duration(preview.capLasts)}</dd>`}
    ${preview.remarks.map((one, i) => html`<dt>${t("note")}</dt><dd><${Said} note=${preview.notes[i]} text=${one} /></dd>`)}
  </dl>`;
}

export function BoostDialog({ match, onClose }) {
  const [fields, setFields] = useState({ service: match.service || "", operation: match.operation || "", ttl: "30m", cap: "0.05" });
  const [preview, setPreview] = useState({});
  const set = (name) => (e) => { setFields({ ...fields, [name]: e.target.value }); setPreview({}); };
  const body = {
    match: Object.fromEntries(["service", "operation"].filter((name) => fields[name]).map((name) => [name, fields[name]])),
    ttl: fields.ttl,
    cap: Number(fields.cap),
  };
  const look = async () => {
    try {
      setPreview({ data: (await call("POST", "/api/v1/boosts:preview", { body })).data });
    } catch (error) {
      setPreview({ error });
    }
  };
  return html`<${Dialog} id="boost-dialog" title=${t("boost.title")} onClose=${onClose}>
    <p class="note">${t("boost.text")}</p>
    <div class="row">
      <label class="grow">${t("service")}<input value=${fields.service} onInput=${set("service")} /></label>
      <label class="grow">${t("operation")}<input value=${fields.operation} onInput=${set("operation")} /></label>
      <label>${t("boost.cap")}<input inputmode="decimal" value=${fields.cap} onInput=${set("cap")} /></label>
    </div>
    <${Choice} label=${t("kill.for")} value=${fields.ttl} onChange=${(ttl) => { setFields({ ...fields, ttl }); setPreview({}); }} options=${TIMES.map((one) => [one, one])} />
    <p><button type="button" id="boost-look" onClick=${look}>${t("boost.look")}</button></p>
    <${Trouble} error=${preview.error} />
    ${preview.data && html`<${Preview} preview=${preview.data} />`}
    <${Write} id="boost-write" request=${{ method: "POST", path: "/api/v1/boosts", body, reasonIn: "body" }} yaml=${"match: " + inline(body.match) + "\nttl: " + body.ttl + "\ncap: " + body.cap + "\n"} label=${t("boost.act")} onDone=${onClose} />
  <//>`;
}

export function BoostLink({ match }) {
  const [open, set] = useState(false);
  return html`<button type="button" class="quiet" onClick=${() => set(true)}>↑ ${t("boost.link")}</button>${open && html`<${BoostDialog} match=${match} onClose=${() => set(false)} />`}`;
}

export function Boosts() {
  const { data, error, again } = useLive("/api/v1/boosts");
  const [ending, end] = useState(null);
  const [open, set] = useState(false);
  const rows = data ? [...data.boosts, ...data.ended.slice(0, 5)] : [];
  return html`<${Card} id="boosts" title=${t("boosts.title")} wide=${true} tools=${html`<button type="button" id="new-boost" onClick=${() => set(true)}>+ ${t("boost.act")}</button>`}>
    ${!data
      ? html`<${Awaited} error=${error} again=${again} />`
      : rows.length === 0
      ? html`<${Empty} what=${t("boosts.none")} command='./spanthrift boost add --service cart --ttl 30m --cap 0.05 --reason "incident 7"' />`
      : html`<${Table} label=${t("boosts.title")} rows=${rows} keyOf=${(row) => row.id} columns=${[
          { label: t("boosts.what"), cell: (row) => matchWords(row.match) },
          { label: t("state"), cell: (row) => html`<${Pill} tone=${row.state === "active" ? "kept" : ""} icon=${row.state === "active" ? "↑" : "◌"}>${t("boosts." + row.state)}<//>` },
          { label: t("boosts.until"), cell: (row) => html`<${When} at=${row.ended || row.until} />` },
          { label: t("burn.spent"), num: true, cell: (row) => money(row.spent, row.currency) + " / " + money(row.cap, row.currency) },
          { label: t("traces"), num: true, cell: (row) => count(row.traces) },
          { label: t("write.reason"), wrap: true, cell: (row) => row.reason || "–" },
          { label: "", hint: t("column.action"), cell: (row) => row.state === "active" && html`<button type="button" class="quiet" onClick=${() => end(row)}>${t("boosts.end")}</button>` },
        ]} />`}
    ${open && html`<${BoostDialog} match=${{}} onClose=${() => set(false)} />`}
    ${ending && html`<${Dialog} id="boost-end" title=${t("boosts.end")} onClose=${() => end(null)}>
      <p>${matchWords(ending.match)}</p>
      <${Write} id="boost-end-write" request=${{ method: "DELETE", path: "/api/v1/boosts/" + encodeURIComponent(ending.id), headers: { "If-Match": "*" }, reasonIn: "header" }} label=${t("boosts.end")} onDone=${() => end(null)} />
    <//>`}
  <//>`;
}
