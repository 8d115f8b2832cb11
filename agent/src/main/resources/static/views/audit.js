// Who changed what, when and why; and the way back.
import { html, useState } from "../app/lib.js";
import { t, word } from "../app/i18n.js";
import { get } from "../app/api.js";
import { useLive } from "../app/live.js";
import { href } from "../app/router.js";
import { Awaited, Card, Empty, Pill, Table, Trouble, When } from "../app/ui.js";
import { Differences } from "../app/write.js";

export function Audit() {
  const { data: newest, error, again } = useLive("/api/v1/audit?limit=50");
  const [older, setOlder] = useState([]);
  const [next, setNext] = useState(null);
  const [open, setOpen] = useState(null);
  const [trouble, setTrouble] = useState(null);
  const seen = new Set(newest?.entries.map((one) => one.number));
  const entries = [...(newest?.entries || []), ...older.filter((one) => !seen.has(one.number))];
  const more = next ?? newest?.next;
  const load = async () => {
    setTrouble(null);
    try {
      const page = await get("/api/v1/audit?limit=50&cursor=" + encodeURIComponent(more));
      setOlder([...older, ...page.entries]);
      setNext(page.next || "");
    } catch (problem) {
      setTrouble(problem);
    }
  };
  const chosen = entries.find((one) => one.number === open);
  return html`<div class="grid">
    <${Card} id="audit" title=${t("audit.title")} wide=${true} note=${newest && t(newest.stored ? "audit.stored" : "audit.memory", { total: newest.total })}>
      <${Trouble} error=${trouble} again=${load} />
      ${!newest
        ? html`<${Awaited} error=${error} again=${again} />`
        : entries.length === 0
        ? html`<${Empty} what=${t("audit.none")} how=${t("audit.how")} command='./spanthrift policy apply policy.yaml --reason "less health" --token-file token' />`
        : html`<${Table}
            label=${t("audit.title")}
            rows=${entries}
            keyOf=${(row) => row.number}
            columns=${[
              { label: "#", cell: (row) => html`<button type="button" class="quiet" aria-expanded=${String(open === row.number)} onClick=${() => setOpen(open === row.number ? null : row.number)} aria-label=${t("audit.open", { number: row.number })}>${row.number}</button>` },
              { label: t("time"), cell: (row) => html`<${When} at=${row.at} />` },
              { label: t("audit.who"), cell: (row) => row.who },
              { label: t("audit.what"), cell: (row) => word("action.", row.action) },
              { label: t("audit.step"), cell: (row) => (row.from || row.to ? html`<${Pill}>${row.from || "–"} → ${row.to || "–"}<//>` : "") },
              { label: t("write.reason"), wrap: true, cell: (row) => row.reason || "–" },
            ]}
          />`}
      ${more && html`<button type="button" onClick=${load}>${t("audit.older")}</button>`}
    <//>
    ${chosen &&
    html`<${Card} id="audit-entry" title=${t("audit.entry", { number: chosen.number })} wide=${true}>
      ${chosen.diff.length > 0 ? html`<${Differences} differences=${chosen.diff} />` : html`<p class="note">${t("audit.noDiff")}</p>`}
      ${chosen.action.startsWith("policy.") && html`<p><a class="button" href=${href("policy")}>↶ ${t("audit.back")}</a></p>`}
      <dl class="facts"><dt>${t("audit.request")}</dt><dd><code>${chosen.requestId || "–"}</code></dd><dt>${t("audit.hash")}</dt><dd><code>${chosen.hash}</code></dd><dt>${t("audit.previous")}</dt><dd><code>${chosen.previous}</code></dd></dl>
    <//>`}
  </div>`;
}
