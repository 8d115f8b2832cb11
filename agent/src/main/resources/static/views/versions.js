// Versions of the policy, and the way back to one.
import { html, useEffect, useState } from "../app/lib.js";
import { t } from "../app/i18n.js";
import { get } from "../app/api.js";
import { useLive } from "../app/live.js";
import { Awaited, Card, Dialog, Pill, Table, Trouble, When } from "../app/ui.js";
import { Differences, Write } from "../app/write.js";

function Back({ from, to, onClose, onDone }) {
  const [state, set] = useState({});
  useEffect(() => {
    get("/api/v1/policy:diff?from=" + from.version + "&to=" + to.version).then((data) => set({ data }), (error) => set({ error }));
  }, []);
  return html`<${Dialog} id="back-dialog" title=${t("versions.back", { version: to.version })} onClose=${onClose}>
    <${Trouble} error=${state.error} />
    ${state.data && (state.data.differences.length > 0 ? html`<${Differences} differences=${state.data.differences} from=${t("versions.n", { version: from.version })} to=${t("versions.n", { version: to.version })} />` : html`<p class="note">${t("diff.none")}</p>`)}
    <${Write}
      id="rollback"
      request=${{ method: "POST", path: "/api/v1/policy:rollback", body: { version: to.version }, headers: { "If-Match": from.etag }, reasonIn: "body" }}
      yaml=${"version: " + to.version + "\n"}
      label=${t("versions.act")}
      onDone=${onDone}
    />
  <//>`;
}

export function Versions({ onBack, fixed }) {
  const { data, error, again } = useLive("/api/v1/policy/versions?limit=20");
  const [to, setTo] = useState(null);
  const versions = data?.versions || [];
  const now = versions.find((one) => one.inForce);
  const before = now && versions.find((one) => one.version < now.version);
  return html`<${Card}
    id="versions"
    title=${t("versions.title")}
    wide=${true}
    tools=${before && !fixed && html`<button type="button" id="undo" onClick=${() => setTo(before)}>↶ ${t("versions.undo")}</button>`}
  >
    ${!data ? html`<${Awaited} error=${error} again=${again} />` : html`<${Table}
      label=${t("versions.title")}
      rows=${versions}
      keyOf=${(row) => row.version}
      columns=${[
        { label: t("versions.version"), cell: (row) => html`${row.version} ${row.inForce && html`<${Pill} tone="good" icon="●">${t("versions.inForce")}<//>`}` },
        { label: t("time"), cell: (row) => html`<${When} at=${row.at} />` },
        { label: t("audit.who"), cell: (row) => row.who },
        { label: t("versions.rules"), num: true, cell: (row) => row.policies },
        { label: t("write.reason"), wrap: true, cell: (row) => row.reason || "–" },
        { label: "", hint: t("column.action"), cell: (row) => !row.inForce && !fixed && html`<button type="button" class="quiet" onClick=${() => setTo(row)}>${t("versions.goBack")}<span class="hidden"> ${row.version}</span></button>` },
      ]}
    />`}
    ${to && now && html`<${Back} from=${now} to=${to} onClose=${() => setTo(null)} onDone=${() => { setTo(null); onBack(); }} />`}
  <//>`;
}
