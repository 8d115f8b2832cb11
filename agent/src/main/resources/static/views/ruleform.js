// The rules of a policy as fields. What a field cannot hold is shown, and changed in the YAML.
import { html } from "../app/lib.js";
import { t } from "../app/i18n.js";
import { Said } from "../app/said.js";
import { inline } from "../app/yaml.js";

const MATCHES = {
  any: { read: (match) => match === undefined && "", write: () => undefined },
  service: one("service"),
  name: one("name"),
  hasError: { read: (match) => only(match, "hasError") && match.hasError === true && "", write: () => ({ hasError: true }) },
  status: one("status"),
  slowerThan: one("slowerThan"),
  attribute: {
    read: (match) => only(match, "attribute") && Object.keys(match.attribute).sort().join() === "equals,key" && match.attribute.key + "=" + match.attribute.equals,
    write: (value) => {
      const at = value.indexOf("=");
      return { attribute: { key: at < 0 ? value : value.slice(0, at), equals: at < 0 ? "" : value.slice(at + 1) } };
    },
  },
};
const ACTIONS = {
  keep: { value: false, write: () => true },
  drop: { value: false, write: () => true },
  budget: { value: false, write: () => true },
  probability: { value: true, first: 0.1, write: number },
  weight: { value: true, first: 2, write: number },
  rate: { value: true, first: 10, read: (rate) => rate.tracesPerSecond ?? "", write: (value) => ({ tracesPerSecond: number(value) }), fits: (rate) => only(rate, "tracesPerSecond") },
};
const EXAMPLE = { service: "cart", name: "GET /health", status: "ERROR", slowerThan: "1s", attribute: "http.route=/health" };

function only(object, key) {
  return object && typeof object === "object" && Object.keys(object).join() === key;
}
function one(key) {
  return { read: (match) => only(match, key) && typeof match[key] === "string" && match[key], write: (value) => ({ [key]: value }) };
}
function number(value) {
  return value !== "" && Number.isFinite(Number(value)) ? Number(value) : value;
}

function matchOf(rule) {
  for (const [kind, { read }] of Object.entries(MATCHES)) {
    const value = read(rule.match);
    if (typeof value === "string") return { kind, value };
  }
  return { kind: "other", value: inline(rule.match) };
}

function actionOf(rule) {
  const kind = Object.keys(ACTIONS).find((name) => name in rule);
  if (!kind || (ACTIONS[kind].fits && !ACTIONS[kind].fits(rule[kind]))) return { kind: "other", value: kind ? inline({ [kind]: rule[kind] }) : "" };
  return { kind, value: ACTIONS[kind].value ? (ACTIONS[kind].read || String)(rule[kind]) : "" };
}

function withAction(rule, kind, value) {
  const next = Object.fromEntries(Object.entries(rule).filter(([key]) => !(key in ACTIONS)));
  next[kind] = ACTIONS[kind].write(value ?? ACTIONS[kind].first);
  return next;
}

function withMatch(rule, kind, value) {
  const { match, ...rest } = rule;
  const next = MATCHES[kind].write(value ?? EXAMPLE[kind] ?? "");
  return next === undefined ? rest : { ...rest, match: next };
}

const choices = (names, has) => [...names, ...(has === "other" ? ["other"] : [])];

function ActionFields({ rule, onChange, label }) {
  const action = actionOf(rule);
  return html`<label>${label}
      <select value=${action.kind} onChange=${(e) => onChange(withAction(rule, e.target.value))}>
        ${choices(Object.keys(ACTIONS), action.kind).map((name) => html`<option value=${name} selected=${name === action.kind} disabled=${name === "other"}>${t("do." + name)}</option>`)}
      </select>
    </label>
    ${action.kind === "other"
      ? html`<p class="note"><code class="wrap">${action.value}</code></p>`
      : ACTIONS[action.kind].value
        ? html`<label>${t("do." + action.kind + ".value")}<input value=${action.value} onInput=${(e) => onChange(withAction(rule, action.kind, e.target.value))} /></label>`
        : html`<span></span>`}`;
}

function Rule({ rule, index, last, errors, onChange, onMove, onRemove }) {
  const match = matchOf(rule);
  return html`<fieldset class=${"policy-rule" + (errors.length > 0 ? " bad" : "")}>
    <legend class="hidden">${t("policy.rule", { name: rule.name || index + 1 })}</legend>
    <div class="rule-line">
      <label class="two">${t("name")}<input value=${rule.name ?? ""} onInput=${(e) => onChange({ ...rule, name: e.target.value })} /></label>
      <label>${t("policy.match")}
        <select value=${match.kind} onChange=${(e) => onChange(withMatch(rule, e.target.value))}>
          ${choices(Object.keys(MATCHES), match.kind).map((kind) => html`<option value=${kind} selected=${kind === match.kind} disabled=${kind === "other"}>${t("match." + kind)}</option>`)}
        </select>
      </label>
      ${match.kind === "other"
        ? html`<p class="note wrap"><code>${match.value}</code></p>`
        : match.kind === "any" || match.kind === "hasError"
          ? html`<span></span>`
          : html`<label>${t("match." + match.kind + ".value")}<input value=${match.value} onInput=${(e) => onChange(withMatch(rule, match.kind, e.target.value))} /></label>`}
      <${ActionFields} rule=${rule} onChange=${onChange} label=${t("policy.action")} />
    </div>
    ${errors.map((one) => html`<p class="alarm"><${Said} note=${one.notes?.[0]} text=${one.detail} /></p>`)}
    <div class="rule-foot">
      <label><input type="checkbox" checked=${rule.shadow === true} onChange=${(e) => onChange(e.target.checked ? { ...rule, shadow: true } : Object.fromEntries(Object.entries(rule).filter(([key]) => key !== "shadow")))} />${t("policies.shadow")}</label>
      <button type="button" class="quiet" disabled=${index === 0} onClick=${() => onMove(-1)} aria-label=${t("policy.up", { name: rule.name })}>↑</button>
      <button type="button" class="quiet" disabled=${last} onClick=${() => onMove(1)} aria-label=${t("policy.down", { name: rule.name })}>↓</button>
      <button type="button" class="quiet" onClick=${onRemove} aria-label=${t("policy.remove", { name: rule.name })}>✕</button>
    </div>
  </fieldset>`;
}

export function RuleForm({ document, errors, onChange }) {
  const rules = Array.isArray(document.policies) ? document.policies : [];
  const set = (next) => onChange({ ...document, policies: next });
  const move = (i, by) => {
    const next = [...rules];
    [next[i], next[i + by]] = [next[i + by], next[i]];
    set(next);
  };
  const add = () => set([...rules, { name: freeName(rules), match: { service: "cart" }, probability: 0.5 }]);
  const fallback = document.default && typeof document.default === "object" ? document.default : { probability: document.default ?? 1 };
  return html`${rules.map(
      (rule, i) => html`<${Rule}
        key=${i}
        rule=${rule}
        index=${i}
        last=${i === rules.length - 1}
        errors=${errors.filter((one) => (one.pointer + "/").startsWith("/policies/" + i + "/"))}
        onChange=${(next) => set(rules.map((one, k) => (k === i ? next : one)))}
        onMove=${(by) => move(i, by)}
        onRemove=${() => set(rules.filter((_, k) => k !== i))}
      />`,
    )}
    <p class="row"><button type="button" id="add-rule" onClick=${add}>+ ${t("policy.add")}</button></p>
    <div class="rule-line"><${ActionFields} rule=${fallback} label=${t("policy.default")} onChange=${(next) => onChange({ ...document, default: next })} /></div>`;
}

function freeName(rules) {
  const taken = new Set(rules.map((one) => one.name));
  let n = 1;
  while (taken.has("rule-" + n)) n++;
  return "rule-" + n;
}
