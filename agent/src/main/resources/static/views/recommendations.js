// Rules worth a thought: add, keep, remove or update, with what each changes.
import { html, useEffect, useState } from "../app/lib.js";
import { t } from "../app/i18n.js";
import { call, curl, get } from "../app/api.js";
import { Card, Code, Pill, Trouble } from "../app/ui.js";
import { Write } from "../app/write.js";
import { money, percent } from "../app/format.js";
import { Remarks, Said } from "../app/said.js";
import { inline } from "../app/yaml.js";
import { NotRecorded } from "./simulation.js";

function One({ one, currency, onDraft, onGone }) {
  const [error, setError] = useState(null);
  const [leaving, leave] = useState(false);
  const path = "/api/v1/recommendations/" + encodeURIComponent(one.id);
  const apply = async () => {
    setError(null);
    const draft = await call("POST", path + ":apply").catch(setError);
    if (draft) onDraft(draft.data.policy);
  };
  const { effect } = one;
  return html`<li class="policy-rule" id=${"rec-" + one.id}>
    <p><${Pill} tone=${one.verb === "keep" ? "good" : "kept"}>${t("verb." + one.verb)}<//> <b><${Said} note=${one.notes[0]} text=${one.title} /></b></p>
    <p class="note"><${Said} note=${one.notes[1]} text=${one.why} /></p>
    ${one.rule && html`<code class="wrap">${inline(one.rule)}</code>`}
    <p class="tools">
      <${Pill}>${t("rec.month", { money: (effect.spendPerMonth > 0 ? "+" : "") + money(effect.spendPerMonth, currency) })}<//>
      ${effect.errorTracesLost > 0 && html`<${Pill} tone="alarm" icon="▲">${t("rec.lost", { traces: effect.errorTracesLost })}<//>`}
      ${effect.worstError >= 0 && html`<${Pill}>${t("rec.worst", { part: percent(effect.worstError) })}<//>`}
      <${Pill}>${t("rec.confidence." + one.confidence)}<//>
    </p>
    <p class="tools">
      ${one.verb !== "keep" && html`<button type="button" onClick=${apply}>${t("rec.draft")}</button>`}
      <button type="button" class="quiet" aria-expanded=${String(leaving)} onClick=${() => leave(!leaving)}>${t("rec.dismiss")}</button>
    </p>
    <${Trouble} error=${error} />
    ${one.verb !== "keep" && html`<details class="same"><summary>${t("write.same")}</summary><${Code} label="curl" text=${curl("POST", path + ":apply")} />${one.rule && html`<${Code} label="YAML" text=${inline(one.rule)} />`}</details>`}
    ${leaving && html`<${Write} id=${"dismiss-" + one.id} request=${{ method: "POST", path: path + ":dismiss", reasonIn: "header" }} label=${t("rec.dismiss")} onDone=${onGone} />`}
  </li>`;
}

/** Asked for by hand: an answer costs the sidecar some seconds of thought. */
export function Recommendations({ onDraft }) {
  const [state, set] = useState({});
  const load = async () => {
    set({ busy: true });
    try {
      set({ data: await get("/api/v1/recommendations") });
    } catch (error) {
      set({ error });
    }
  };
  const open = (state.data?.recommendations || []).filter((one) => one.state === "open");
  return html`<${Card} id="recommendations" title=${t("rec.title")} wide=${true} tools=${html`<button type="button" id="recommend" onClick=${load} disabled=${state.busy}>${state.busy ? t("write.busy") : t("rec.ask")}</button>`}>
    ${state.error && (state.error.status === 409 ? html`<${NotRecorded} />` : html`<${Trouble} error=${state.error} />`)}
    ${state.data && open.length === 0 && html`<p class="note">${t("rec.none")}</p>`}
    ${state.data && html`<p class="note"><${Remarks} texts=${state.data.remarks} notes=${state.data.notes} /></p>`}
    ${!state.data && !state.error && html`<p class="note">${t("rec.text")}</p>`}
    <ul class="plain">${open.map((one) => html`<${One} key=${one.id} one=${one} currency=${state.data.currency} onDraft=${onDraft} onGone=${load} />`)}</ul>
  <//>`;
}
