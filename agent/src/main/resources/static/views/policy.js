// The policy: as a form and as YAML, tried before it is applied, undone in one step.
import { html, useEffect, useRef, useState } from "../app/lib.js";
import { t } from "../app/i18n.js";
import { call } from "../app/api.js";
import { take } from "../app/draft.js";
import { LineDiff } from "../app/diff.js";
import { Awaited, Card, Code, Pill, Trouble, useSettled, When } from "../app/ui.js";
import { Write } from "../app/write.js";
import { English, Said } from "../app/said.js";
import { policyYaml } from "../app/yaml.js";
import { RuleForm } from "./ruleform.js";
import { Simulation } from "./simulation.js";
import { Versions } from "./versions.js";
import { Recommendations } from "./recommendations.js";

const VALIDATE_AFTER_MS = 300;
const OF_THE_TEXT = ["syntax", "invalid", "too-large"]; // problems that another text would not have

async function inForce() {
  const [answer, origin] = await Promise.all([call("GET", "/api/v1/policy", { accept: "yaml" }), call("GET", "/api/v1/policy/effective")]);
  const { data } = await call("POST", "/api/v1/policy:validate", { body: answer.data, type: "yaml" });
  return { etag: answer.etag, text: policyYaml(data.policy), document: data.policy, origin: origin.data };
}

/** "SamplingPolicy shop/errors" as what kubectl edits. */
function kubectl(object) {
  const [kind, name] = object.split(" ");
  const [namespace, own] = (name || "").split("/");
  return "kubectl edit " + kind.toLowerCase() + " " + (own ? own + " -n " + namespace : namespace);
}

/** Where the policy comes from, and where it is changed. */
function Origin({ origin }) {
  const { controller, objects } = origin;
  const managed = origin.origin === "objects";
  const budgets = controller?.budgetObjects || [];
  return html`<${Card} id="origin" title=${t("origin.title")} wide=${true}>
    <p class="tools"><${Pill} tone="kept" icon="§">${t("origin." + origin.origin)}<//>
      <span>${t("versions.n", { version: origin.version })} · ${origin.who} · <${When} at=${origin.since} />${origin.reason ? " · " + origin.reason : ""}</span></p>
    ${managed && html`<p><b>${t("origin.managed")}</b></p><ul class="plain">${objects.map((one) => html`<li><${Pill}>${one}<//></li>`)}</ul><${Code} text=${objects.map(kubectl).join("\n")} />`}
    ${!managed && html`<p class="note">${t("origin." + origin.origin + ".text")}</p>`}
    ${budgets.length > 0 && html`<p class="note">${t("origin.budgets", { objects: budgets.join(", ") })}</p>`}
    ${controller && html`<p class="tools"><${Pill} tone=${controller.connected ? "good" : "alarm"} icon=${controller.connected ? "●" : "✗"}>${t(controller.connected ? "origin.connected" : "origin.alone")}<//>
      <span class="note">${controller.url} · ${t("origin.since")} <${When} at=${controller.since} /> · ${t("origin.copy." + controller.copy)}</span></p>
      ${controller.refused && html`<p class="alarm"><span aria-hidden="true">▲ </span>${t("origin.refused")} <${English} text=${controller.refused} /></p>`}
      ${!controller.connected && controller.lastError && html`<p class="note"><${English} text=${controller.lastError} /></p>`}`}
  <//>`;
}

/** What came instead of a verdict: what is wrong with the text, or why nothing is known of it. */
function instead(problem) {
  if (!OF_THE_TEXT.includes((problem.body?.type || "").split("/").pop())) return { failed: problem, errors: [], warnings: [] };
  const errors = problem.body.errors?.length ? problem.body.errors : [{ pointer: "", detail: problem.message, suggestion: "" }];
  return { valid: false, errors, warnings: [] };
}

/** What the server says of the text as it stands; and how to ask it again. */
function useVerdict(text) {
  const settled = useSettled(text, VALIDATE_AFTER_MS);
  const [verdict, set] = useState(null);
  const [round, go] = useState(0);
  useEffect(() => {
    let here = true;
    if (settled === null) return undefined;
    call("POST", "/api/v1/policy:validate", { body: settled, type: "yaml" }).then(
      ({ data }) => here && set({ ...data, of: settled }),
      (problem) => here && set({ ...instead(problem), of: settled }),
    );
    return () => {
      here = false;
    };
  }, [settled, round]);
  const again = () => {
    set(null);
    go(round + 1);
  };
  return [verdict, again];
}

function Findings({ verdict, fresh, again }) {
  if (!verdict) return html`<p class="note" id="verdict-line">${t("policy.checking")}</p>`;
  if (verdict.failed && fresh) return html`<div id="findings"><div id="not-validated"><${Trouble} error=${verdict.failed} again=${again}><b>${t("policy.notValidated")}</b><//></div></div>`;
  if (verdict.failed) return html`<p class="note" id="verdict-line">${t("policy.checking")}</p>`;
  return html`<div id="findings" aria-live="polite">
    <p id="verdict-line" class=${verdict.valid ? "good" : "alarm"}><span aria-hidden="true">${verdict.valid ? "✓" : "✗"} </span>${fresh ? t(verdict.valid ? "policy.valid" : "policy.invalid") : t("policy.checking")}</p>
    <ul class="findings">
      ${[...verdict.errors.map((one) => ["alarm", one]), ...verdict.warnings.map((one) => ["warn", one])].map(
        ([tone, one]) => html`<li class=${tone}><code>${one.pointer || "/"}</code> <${Said} note=${one.notes?.[0]} text=${one.detail} />${one.suggestion && html` · <span class="note"><${Said} note=${one.notes?.[1]} text=${one.suggestion} /></span>`}</li>`,
      )}
    </ul>
  </div>`;
}

function Conflict({ onTheirs, onMine }) {
  return html`<div class="trouble" id="conflict" role="alert">
    <p>${t("policy.conflict")}</p>
    <div class="tools"><button type="button" id="take-theirs" onClick=${onTheirs}>${t("policy.theirs")}</button><button type="button" id="keep-mine" onClick=${onMine}>${t("policy.mine")}</button></div>
  </div>`;
}

export function Policy({ status }) {
  const [base, setBase] = useState(null);
  const [text, setText] = useState(null);
  const [error, setError] = useState(null);
  const [conflict, setConflict] = useState(false);
  const [verdict, validate] = useVerdict(text);
  const understood = useRef(null);
  const fresh = verdict?.of === text;
  // An edit in the form is one of the text as it stands, and of no draft before it.
  if (base && text === base.text) understood.current = base.document;
  else if (fresh && verdict.policy) understood.current = verdict.policy;
  const changed = base && text !== null && text !== base.text;

  const load = async (keep) => {
    setError(null);
    try {
      const now = await inForce();
      setBase(now);
      if (!keep) setText(take() || now.text);
      setConflict(false);
    } catch (problem) {
      setError(problem);
    }
  };
  useEffect(() => {
    load(false);
  }, []);

  // Another version came while nobody edits: it is shown. Whoever edits learns of it when applying.
  const other = base && status && status.policy.version !== base.origin.version;
  useEffect(() => {
    if (other && !changed) load(false);
  }, [status?.policy.version]);

  if (!base || text === null) return html`<${Awaited} error=${error} again=${() => load(false)} />`;
  const document = understood.current || base.document;
  // Of a text that nobody could read the fields show an older one: what is changed there would undo it.
  const behind = fresh && !verdict.policy && changed;
  const managed = base.origin.origin === "objects";
  const edit = (next) => {
    understood.current = next; // the next edit may come before a verdict
    setText(policyYaml(next));
  };
  return html`<div class="grid">
    ${error && html`<div class="wide"><${Trouble} error=${error} again=${() => load(changed)} /></div>`}
    <${Origin} origin=${base.origin} />
    <div class="editor">
      <${Card} id="form" title=${t("policy.form")} note=${t("policy.formNote")}>
        ${behind && html`<p class="note" id="behind">${t("policy.behind")}</p>`}
        <fieldset class="bare" disabled=${managed || behind}><${RuleForm} document=${document} errors=${verdict?.errors || []} onChange=${edit} /></fieldset>
      <//>
      <${Card} id="yaml" title="YAML" tools=${changed && html`<button type="button" class="quiet" id="reset" onClick=${() => setText(base.text)}>${t("policy.reset")}</button>`}>
        <textarea id="policy-text" readonly=${managed} aria-label=${t("policy.text")} spellcheck="false" value=${text} onInput=${(e) => setText(e.target.value)} aria-describedby="findings"></textarea>
        <${Findings} verdict=${verdict} fresh=${fresh} again=${validate} />
      <//>
    </div>
    <${Card} id="review" title=${t("policy.review")} wide=${true}>
      ${changed
        ? html`<${LineDiff} before=${base.text} after=${text} />
            <${Simulation} key="try" before=${base.text} after=${text} ready=${fresh && verdict.valid} />
            ${conflict && html`<${Conflict} onTheirs=${() => load(false)} onMine=${() => load(true)} />`}
            ${fresh && verdict.failed && !managed && html`<p class="note" id="cannot-apply">${t("policy.notYet")}</p>`}
            ${managed ? html`<p class="note">${t("origin.noApply")}</p><${Code} text=${text} label="YAML" />` : html`<${Write}
              id="apply"
              request=${{ method: "PUT", path: "/api/v1/policy", body: text, type: "yaml", headers: { "If-Match": base.etag }, reasonIn: "header" }}
              yaml=${text}
              label=${t("policy.apply")}
              disabled=${!fresh || !verdict.valid}
              onConflict=${() => setConflict(true)}
              onDone=${() => load(false)}
            />`}`
        : html`<p class="note">${t(managed ? "origin.readOnly" : "policy.unchanged")}</p>`}
    <//>
    <${Versions} fixed=${managed} onBack=${() => load(false)} />
    <${Recommendations} onDraft=${(draft) => { setText(policyYaml(draft)); scrollTo({ top: 0 }); }} />
  </div>`;
}
