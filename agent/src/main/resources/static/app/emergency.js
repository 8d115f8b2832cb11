// The kill switch: keep everything, or stop sampling, for a time.
import { html, useState } from "./lib.js";
import { t } from "./i18n.js";
import { Choice, Dialog, When } from "./ui.js";
import { Write } from "./write.js";

const TIMES = ["15m", "1h", "4h", "24h"];

export function Emergency({ status, onClose }) {
  const on = status && status.killSwitch.mode !== "off";
  const [mode, setMode] = useState(on ? "off" : "keep-all");
  const [ttl, setTtl] = useState("1h");
  const body = mode === "off" ? { mode } : { mode, ttl };
  return html`<${Dialog} id="kill-dialog" title=${t("kill.title")} onClose=${onClose}>
    ${on && html`<p>${t("kill.now", { mode: t("kill." + status.killSwitch.mode) })} ${status.killSwitch.reason} <${When} at=${status.killSwitch.until} /></p>`}
    <${Choice} label=${t("kill.title")} value=${mode} onChange=${setMode} options=${["off", "keep-all", "bypass"].map((one) => [one, t("kill." + one)])} />
    <p class="note">${t("kill." + mode + ".text")}</p>
    ${mode !== "off" && html`<${Choice} label=${t("kill.for")} value=${ttl} onChange=${setTtl} options=${TIMES.map((one) => [one, one])} />`}
    <${Write}
      id="kill-write"
      request=${{ method: "PUT", path: "/api/v1/kill-switch", body, headers: { "If-Match": "*" }, reasonIn: "body" }}
      label=${t("kill.act")}
      tone="danger"
      yaml=${"mode: " + mode + (mode === "off" ? "" : "\nttl: " + ttl) + "\n"}
      onDone=${onClose}
    />
  <//>`;
}
