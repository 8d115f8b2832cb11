// Another budget, other shares, another floor: a sketch at once, the exact answer by the recording.
import { html, useEffect, useMemo, useRef, useState } from "../app/lib.js";
import { t } from "../app/i18n.js";
import { curl, get } from "../app/api.js";
import { bring } from "../app/draft.js";
import { ask } from "../app/jobs.js";
import { useLive } from "../app/live.js";
import { go, setQuery } from "../app/router.js";
import { asItWas, CLASSES, divide, SHARES, sums } from "../app/sketch.js";
import { Awaited, Card, Code, Empty, Table, Trouble } from "../app/ui.js";
import { duration, money, percent } from "../app/format.js";
import { policyYaml } from "../app/yaml.js";
import { Comparison, NotRecorded } from "./simulation.js";

const PAGES = 3;
const PAGE = 1_000;
const STEPS = 60;
const SECONDS = { hour: 3600, day: 86_400, month: 30.4 * 86_400 };

/** The last decisions: asked once, and again by hand. */
function useDecisions() {
  const [state, set] = useState({});
  const load = async () => {
    try {
      const decisions = [];
      let cursor = "";
      for (let i = 0; i < PAGES && cursor !== undefined; i++) {
        const page = await get("/api/v1/decisions?limit=" + PAGE + (cursor && "&cursor=" + cursor));
        decisions.push(...page.decisions);
        cursor = page.next;
      }
      set({ decisions });
    } catch (error) {
      set((now) => ({ ...now, error })); // those of before are still there
    }
  };
  useEffect(() => {
    load();
  }, []);
  return [state, load];
}

function Slider({ id, label, value, min, max, step, text, onInput }) {
  return html`<label class="slider">${label}<output>${text}</output><input id=${id} type="range" min=${min} max=${max} step=${step} value=${value} aria-valuetext=${text} onInput=${(e) => onInput(Number(e.target.value))} /></label>`;
}

/** What each budget would buy: errors and all traces kept, from nothing to twice what is asked for. */
function Curve({ sum, shares, floor, perSecond, most, text }) {
  // Narrow where the page is: words in a picture shrink with it.
  const [width, height, left, bottom] = [innerWidth < 560 ? 340 : 640, 190, 40, 22];
  const points = useMemo(() => Array.from({ length: STEPS + 1 }, (_, i) => [(most * i) / STEPS, divide(sum, (most * i) / STEPS, shares, floor)]), [sum, JSON.stringify(shares), floor, most]);
  const x = (value) => left + ((width - left - 8) * Math.min(value, most)) / most;
  const y = (part) => 8 + (height - bottom - 8) * (1 - part);
  const path = (key) => points.map(([at, one], i) => (i ? "L" : "M") + x(at).toFixed(1) + " " + y(one[key] ?? 0).toFixed(1)).join("");
  const now = divide(sum, perSecond, shares, floor);
  const say = t("whatif.curveSay", { errors: now.errors === null ? "–" : percent(now.errors), traces: percent(now.traces), budget: text(perSecond) });
  return html`<figure class="chart" id="curve">
    <ul class="legend"><li><span class="swatch error" aria-hidden="true"></span>${t("whatif.errors")} <b>${now.errors === null ? "–" : percent(now.errors)}</b></li><li><span class="swatch kept dashed" aria-hidden="true"></span>${t("whatif.traces")} <b>${percent(now.traces)}</b></li></ul>
    <svg class="curve" viewBox=${"0 0 " + width + " " + height} role="img" aria-label=${say}>
      ${[0, 0.25, 0.5, 0.75, 1].map((part) => html`<line class="w-grid" x1=${left} x2=${width - 8} y1=${y(part)} y2=${y(part)} /><text class="tick" x=${left - 6} y=${y(part) + 4} text-anchor="end">${percent(part)}</text>`)}
      ${[0, 0.5, 1].map((part) => html`<text class="tick" x=${x(most * part)} y=${height - 5} text-anchor=${part === 0 ? "start" : part === 1 ? "end" : "middle"}>${text(most * part)}</text>`)}
      <path class="c-errors" d=${path("errors")} /><path class="c-traces" d=${path("traces")} />
      <line class="c-here" x1=${x(perSecond)} x2=${x(perSecond)} y1="8" y2=${height - bottom} />
      ${now.errors !== null && html`<circle class="c-dot error" cx=${x(perSecond)} cy=${y(now.errors)} r="4.5" />`}
      <circle class="c-dot kept" cx=${x(perSecond)} cy=${y(now.traces)} r="4.5" />
    </svg>
    <figcaption><span class="say">${say}</span></figcaption>
  </figure>`;
}

function Pairs({ before, after }) {
  const part = (value) => (value === null ? 0 : value);
  return html`<div class="pairs" id="pairs">
    ${CLASSES.map(
      (name) => html`<div class="pair">
        <span>${t("class." + name)}</span>
        <svg viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
          <rect class="track" width="100" height="14" /><rect class="fill" width=${100 * part(before.probability[name])} height="5" y="1" /><rect class=${"fill " + name} width=${100 * part(after.probability[name])} height="6" y="7" />
        </svg>
        <span class="num">${before.probability[name] === null ? "–" : percent(before.probability[name])} → <b>${after.probability[name] === null ? "–" : percent(after.probability[name])}</b></span>
      </div>`,
    )}
  </div>`;
}

/** The exact answer, for the budget of now and the one that was chosen. */
function Exact({ now, then }) {
  const [state, set] = useState({});
  const alive = useRef(true);
  useEffect(() => () => { alive.current = false; }, []);
  useEffect(() => set({}), [JSON.stringify(then)]);
  const run = async () => {
    set({ progress: 0 });
    try {
      const before = await ask("/api/v1/budget:simulate", { body: now }, (part) => alive.current && set({ progress: part / 2 }), () => alive.current);
      const after = before && (await ask("/api/v1/budget:simulate", { body: then }, (part) => alive.current && set({ progress: 0.5 + part / 2 }), () => alive.current));
      if (alive.current) set({ before, after });
    } catch (error) {
      if (alive.current) set({ error });
    }
  };
  return html`<p class="row"><button type="button" class="main" id="exact" onClick=${run} disabled=${state.progress !== undefined}>${state.progress === undefined ? t("whatif.exact") : t("sim.running", { part: percent(state.progress) })}</button></p>
    ${state.error && (state.error.status === 409 ? html`<${NotRecorded} />` : html`<${Trouble} error=${state.error} />`)}
    ${state.after && html`<${Comparison} before=${state.before} after=${state.after} />`}
    <details class="same"><summary>${t("write.same")}</summary><${Code} label="curl" text=${curl("POST", "/api/v1/budget:simulate", { body: then })} /></details>`;
}

const round = (value) => Number(value.toPrecision(3));

export function WhatIf({ query }) {
  const { data: spend, error: unspent, again } = useLive("/api/v1/spend");
  const [{ decisions, error }, reload] = useDecisions();
  const price = spend ? spend.pricePerGigabyte / 1e9 : 0;
  const sum = useMemo(() => (decisions ? sums(decisions, price) : null), [decisions, price]);
  const [uncopied, setUncopied] = useState(null);
  if (!sum) return html`<${Awaited} error=${error} again=${reload} />`;
  if (!spend) return html`<${Awaited} error=${unspent} again=${again} />`;
  if (sum.traces === 0) return html`<${Empty} what=${t("whatif.nothing")} how=${t("reasons.how")} command="export OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318" />`;

  const budget = spend.budgets[0];
  const period = budget?.period.name in SECONDS ? budget.period.name : "hour";
  const asked = CLASSES.reduce((all, name) => all + sum.classes[name].money, sum.ruled.money) / sum.seconds;
  const was = budget?.budget ?? round(asked * SECONDS[period]);
  const most = round(Math.max(asked * SECONDS[period], was) * 1.2);
  const amount = Math.min(most, Number(query.get("amount")) || was);
  const shares = Object.fromEntries(CLASSES.map((name) => [name, query.has(name) ? Number(query.get(name)) : SHARES[name]]));
  const floor = Number(query.get("floor")) || 0;
  const perSecond = amount / SECONDS[period];
  const before = asItWas(sum);
  const after = divide(sum, perSecond, shares, floor);
  const text = (value) => money(value * SECONDS[period], spend.currency);
  const total = CLASSES.reduce((all, name) => all + shares[name], 0) || 1;
  const normal = Object.fromEntries(CLASSES.map((name) => [name, round(shares[name] / total)]));
  const question = (value, parts) => ({ budget: round(value) + "/" + period, ...(parts && { shares: parts }) });

  const copy = async () => {
    setUncopied(null);
    const policy = await get("/api/v1/policy").catch(setUncopied);
    if (!policy) return;
    const weight = round((shares.error / total / SHARES.error) || 1);
    const rules = (policy.policies || []).filter((one) => one.name !== "errors-weight");
    bring(policyYaml({ ...policy, policies: weight === 1 ? rules : [...rules, { name: "errors-weight", match: { hasError: true }, weight }], default: { budget: true } }));
    go("policy");
  };
  const yaml = "budgets:\n  - {name: " + (budget?.name || "all") + ", amount: " + round(amount) + ", period: " + period + (floor > 0 ? ", keepMin: " + floor : "") + "}\n";

  return html`<div class="grid">
    ${error && html`<div class="wide"><${Trouble} error=${error} again=${reload} /></div>`}
    <${Card} id="sliders" title=${t("whatif.sliders")} note=${t("whatif.from", { traces: sum.traces, time: duration(sum.seconds) })} tools=${html`<button type="button" class="quiet" onClick=${reload}>${t("whatif.again")}</button>`}>
      <div class="sliders">
        <${Slider} id="slide-budget" label=${t("whatif.budget", { period: t("period." + period) })} min=${most / 200} max=${most} step=${most / 200} value=${amount} text=${money(round(amount), spend.currency)} onInput=${(value) => setQuery({ amount: round(value) })} />
        ${CLASSES.map((name) => html`<${Slider} id=${"slide-" + name} label=${t("whatif.share", { name: t("class." + name) })} min="0" max="1" step="0.02" value=${shares[name]} text=${percent(shares[name], total)} onInput=${(value) => setQuery({ [name]: value })} />`)}
        <${Slider} id="slide-floor" label=${t("whatif.floor")} min="0" max="0.2" step="0.005" value=${floor} text=${percent(floor)} onInput=${(value) => setQuery({ floor: value || undefined })} />
      </div>
      <p><button type="button" class="quiet" onClick=${() => setQuery({ amount: undefined, floor: undefined, ...Object.fromEntries(CLASSES.map((name) => [name, undefined])) })}>${t("policy.reset")}</button></p>
    <//>
    <${Card} id="sketch" title=${t("whatif.sketch")} note=${t("whatif.sketchNote")}>
      <${Pairs} before=${before} after=${after} />
      <${Table} label=${t("whatif.sketch")} rows=${[
        [t("whatif.spending"), money(before.moneyPerSecond * SECONDS[period], spend.currency), money(after.moneyPerSecond * SECONDS[period], spend.currency)],
        [t("whatif.errors"), before.errors === null ? "–" : percent(before.errors), after.errors === null ? "–" : percent(after.errors)],
        [t("whatif.traces"), percent(before.traces), percent(after.traces)],
      ]} columns=${[
        { label: t("sim.what"), cell: (row) => row[0] },
        { label: t("sim.now"), num: true, cell: (row) => row[1] },
        { label: t("sim.then"), num: true, cell: (row) => html`<b>${row[2]}</b>` },
      ]} />
      ${after.moneyPerSecond > perSecond * 1.001 && html`<p class="alarm"><span aria-hidden="true">▲ </span>${t(floor > 0 ? "whatif.over" : "whatif.overRules", { over: money((after.moneyPerSecond - perSecond) * SECONDS[period], spend.currency), period: t("period." + period) })}</p>`}
    <//>
    <${Card} id="buys" title=${t("whatif.curve")} wide=${true}><${Curve} sum=${sum} shares=${shares} floor=${floor} perSecond=${perSecond} most=${most / SECONDS[period]} text=${text} /><//>
    <${Card} id="answer" title=${t("whatif.exactTitle")} wide=${true} note=${t("whatif.exactNote")}><${Exact} now=${question(was)} then=${question(amount, normal)} /><//>
    <${Card} id="take" title=${t("whatif.take")} wide=${true} note=${t("whatif.takeNote")}>
      <p><button type="button" id="copy-policy" onClick=${copy}>${t("whatif.copy")}</button></p>
      <${Trouble} error=${uncopied} />
      <${Code} label="YAML" text=${yaml} />
    <//>
  </div>`;
}
