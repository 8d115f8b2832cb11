// Why one trace was kept or dropped; and the last decisions, to find one to ask about.
import { html, useEffect, useState } from "../app/lib.js";
import { own, t, word } from "../app/i18n.js";
import { get } from "../app/api.js";
import { go, href, setQuery } from "../app/router.js";
import { useLive } from "../app/live.js";
import { Awaited, Card, Choice, Copy, Empty, Pill, Table, Trouble, When, useSettled } from "../app/ui.js";
import { bytes, decimal, duration, money, percent } from "../app/format.js";
import { English, Said } from "../app/said.js";
import { BoostLink } from "./boost.js";
import { matchWords } from "./summaries.js";

const outcomePill = (outcome) =>
  html`<${Pill} tone=${outcome === "kept" ? "kept" : ""} icon=${outcome === "kept" ? "●" : outcome === "dropped" ? "○" : "…"}>${word("outcome.", outcome)}<//>`;

/** Asked once, and again while its trace still waits. */
function useExplanation(id) {
  const [state, set] = useState({});
  useEffect(() => {
    let here = true;
    let timer = 0;
    set({});
    const ask = async () => {
      try {
        const data = await get("/api/v1/traces/" + encodeURIComponent(id) + "/explain");
        if (!here) return;
        set({ data });
        if (data.held && !document.hidden) timer = setTimeout(ask, 1_000);
      } catch (error) {
        if (here) set({ error, again: ask });
      }
    };
    if (id) ask();
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, [id]);
  return state;
}

/** A condition with the answer it got, and its parts below. */
function Condition({ answer, depth = 0 }) {
  return html`<li>
    <span class=${answer.holds ? "good" : "note"}><span aria-hidden="true">${answer.holds ? "✓" : "✗"}</span><span class="hidden">${answer.holds ? t("yes") : t("no")}</span></span>
    <code class="wrap">${JSON.stringify(answer.condition)}</code>${answer.saw && html`<span class="note">${t("explain.saw")} <${English} text=${answer.saw} /></span>`}
    ${depth < 6 && answer.parts?.length > 0 && html`<ul>${answer.parts.map((part) => html`<${Condition} answer=${part} depth=${depth + 1} />`)}</ul>`}
  </li>`;
}

/** The trace's randomness on a line from 0 to 1: kept where it is at or right of the threshold. */
function Draw({ draw }) {
  if (!draw.threshold) return null;
  const place = (hex) => parseInt(hex.padEnd(14, "0").slice(0, 13), 16) / 2 ** 52;
  const [threshold, randomness] = [place(draw.threshold), place(draw.randomness)];
  const label = t("explain.draw", { randomness: draw.randomness, threshold: draw.threshold });
  return html`<svg class="heat" viewBox="0 0 400 34" role="img" aria-label=${label}>
      <rect class="track" x="0" y="12" width="400" height="8" rx="4" />
      <rect class="fill kept" x=${threshold * 400} y="12" width=${400 - threshold * 400} height="8" rx="4" />
      <path d=${"M" + (randomness * 392 + 4) + " 10l-5 -8h10z"} fill="currentColor" />
    </svg>
    <p class="note">${label}</p>`;
}

function Decision({ decision }) {
  const { draw, budget } = decision;
  return html`<div class="grid">
    <${Card} id="why" title=${t("explain.policies")}>
      <ol class="tried">
        ${(decision.policies || []).map(
          (one) => html`<li>
            <b>${one.name}</b> ${one.shadow && html`<${Pill} icon="◌">${t("policies.shadow")}<//>`}
            ${one.decides ? html`<${Pill} tone="kept" icon="◆">${t("explain.decides")}<//>` : one.matched ? html`<${Pill}>${t("explain.matched")}<//>` : html`<${Pill}>${t("explain.no")}<//>`}
            <span class="note"><code>${JSON.stringify(one.action)}</code></span>
            ${one.conditions && html`<ul class="conditions"><${Condition} answer=${one.conditions} /></ul>`}
          </li>`,
        )}
      </ol>
      ${(decision.policies || []).length === 0 && html`<p class="note">${t("explain.noPolicies")}</p>`}
    <//>
    <${Card} id="drawn" title=${t("explain.chance")}>
      <${Draw} draw=${draw} />
      <dl class="facts">
        <dt>${t("explain.probability")}</dt><dd>${percent(draw.probability)} ${draw.inclusion !== draw.probability && html`<span class="note">${t("explain.inclusion", { inclusion: percent(draw.inclusion) })}</span>`}</dd>
        ${draw.upstream < 1 && html`<dt>${t("explain.upstream")}</dt><dd>${percent(draw.upstream)}</dd>`}
        ${draw.written && html`<dt>${t("explain.written")}</dt><dd><code>${draw.written}</code></dd>`}
        ${budget && html`<dt>${t("explain.class")}</dt><dd>${word("class.", budget.traceClass)}</dd>
          <dt>${t("explain.price")}</dt><dd>${money(budget.price, budget.currency)}</dd>
          <dt>${t("explain.level")}</dt><dd>${money(budget.level, budget.currency)}</dd>`}
        <dt>${t("explain.where")}</dt><dd>${decision.destinations.length > 0 ? decision.destinations.join(", ") : t("explain.nowhere")}</dd>
        <dt>${t("explain.version")}</dt><dd>${decision.policyVersion}</dd>
        <dt>${t("explain.size")}</dt><dd>${t("explain.spans", { spans: decision.spans, bytes: bytes(decision.bytes) })}, ${duration(decision.duration)}${decision.error ? ", " + t("error") : ""}${decision.rooted ? "" : ", " + t("explain.rootless")}</dd>
      </dl>
    <//>
  </div>`;
}

const said = (key, values) => t("verdict." + key, values);

/** Who decided: a policy by its name, a boost by what it matches, else the budget. */
function decider({ boost, budget, policies, reason }) {
  if (budget) return said("by.budget", { name: word("class.", budget.traceClass) });
  if (boost) return boost.id ? said(boost.reason ? "by.boostBecause" : "by.boost", { match: matchWords(boost.match), id: boost.id, reason: boost.reason }) : said("by.boostForgotten");
  const policy = (policies || []).find((one) => one.decides);
  if (policy) return said("by.policy", { name: policy.name });
  return reason ? word("reason.", reason) : said("by.unknown");
}

function chance({ inclusion, threshold, randomness }) {
  if (inclusion >= 1 || !threshold || inclusion <= 0) return said("sure", { probability: percent(inclusion) });
  const sign = randomness >= threshold.padEnd(14, "0") ? "≥" : "<";
  return said("draw", { probability: percent(inclusion), randomness, sign, threshold });
}

/** The answer in one sentence: the sidecar's, or made anew where the reader's language has words. */
function Verdict({ data, last }) {
  if (!last || !own("verdict.", last.outcome)) return html`<${Said} note=${data.verdictNote} text=${data.verdict} />`;
  const { budget, draw, error, operation, service, spans } = last;
  const price = budget?.price > 0 ? said("price", { price: money(budget.price, budget.currency) }) : "";
  return said(last.outcome, { by: decider(last), entry: [service, operation].filter(Boolean).join(" · "), spans, error: error ? said("error") : "", draw: chance(draw), price });
}

function Explanation({ id }) {
  const { data, error, again } = useExplanation(id);
  if (!data) return html`<${Awaited} error=${error} again=${again} />`;
  const last = data.decisions[data.decisions.length - 1];
  return html`<div id="explanation">
    <p class="verdict" id="verdict">${last && outcomePill(last.outcome)} <${Verdict} data=${data} last=${last} /></p>
    <p class="tools"><code class="wrap">${data.traceId}</code> <${Copy} text=${data.traceId} /> ${last && html`<${BoostLink} match=${{ service: last.service, operation: last.operation }} />`}
      ${/^https?:/i.test(data.backend || "") && html`<a class="button" id="backend" href=${data.backend} target="_blank" rel="noopener noreferrer">${t("explain.backend")}<span aria-hidden="true"> ↗</span></a>`}</p>
    ${data.reasons.length > 0 && html`<ul class="note">${data.reasons.map((one, i) => html`<li><${Said} note=${data.notes[i]} text=${one} /></li>`)}</ul>`}
    ${data.held && html`<p class="note">${t("explain.held", { spans: data.held.spans, seconds: decimal(data.held.seconds) })}</p>`}
    ${[...data.decisions].reverse().map((one) => html`<h2><${When} at=${one.at} /> · ${one.service} ${one.operation} · ${word("reason.", one.reason)}</h2><${Decision} decision=${one} />`)}
    ${data.otherwise.length > 0 &&
    html`<${Card} id="otherwise" title=${t("explain.otherwise")} wide=${true}>
      <${Table}
        label=${t("explain.otherwise")}
        rows=${data.otherwise}
        columns=${[
          { label: t("explain.under"), cell: (row) => html`<${Said} note=${row.notes[0]} text=${row.under} />` },
          { label: t("outcome"), cell: (row) => outcomePill(row.outcome) },
          { label: t("explain.basis"), cell: (row) => (row.basis ? word("basis.", row.basis) : "–") },
          { label: t("explain.why"), wrap: true, cell: (row) => html`<${Said} note=${row.notes[1]} text=${row.why} />` },
        ]}
      />
    <//>`}
  </div>`;
}

function Decisions({ query }) {
  const filter = { outcome: query.get("outcome") || "", service: query.get("service") || "", operation: query.get("operation") || "", reason: query.get("reason") || "" };
  const settled = useSettled(JSON.stringify(filter), 250);
  const asked = new URLSearchParams(Object.entries(JSON.parse(settled)).filter(([, value]) => value));
  asked.set("limit", "50");
  const path = "/api/v1/decisions?" + asked;
  const paused = query.get("pause") === "1";
  const [last, keep] = useState({});
  // An address that says paused still shows what there is, and never what another filter found.
  const shown = paused && last.path === path && last.data;
  const { data: now, error, again } = useLive(shown ? null : path);
  useEffect(() => {
    if (now) keep({ path, data: now });
  }, [now]);
  const data = shown || now;
  const field = (name) => html`<label>${t(name)}<input value=${filter[name]} onInput=${(e) => setQuery({ [name]: e.target.value })} /></label>`;
  return html`<${Card} id="decisions" title=${t("decisions.title")} wide=${true} tools=${html`<button type="button" class="quiet" aria-pressed=${String(paused)} onClick=${() => setQuery({ pause: paused ? undefined : "1" })}>${paused ? t("decisions.go") : t("decisions.pause")}</button>`}>
    <div class="row filter">
      <${Choice} label=${t("outcome")} value=${filter.outcome} onChange=${(outcome) => setQuery({ outcome })} options=${[["", t("all")], ["kept", t("outcome.kept")], ["dropped", t("outcome.dropped")]]} />
      ${field("service")} ${field("operation")} ${field("reason")}
    </div>
    ${data ? html`<${Trouble} error=${error} again=${again} />` : html`<${Awaited} error=${error} again=${again} />`}
    ${data && html`<${Table}
      label=${t("decisions.title")}
      id="decision-rows"
      rows=${data.decisions}
      keyOf=${(row) => row.traceId + row.at}
      empty=${data.noted === 0 ? t("decisions.none") : t("decisions.noMatch")}
      columns=${[
        { label: t("trace"), cell: (row) => html`<a href=${href("explain", [row.traceId])}><code>${row.traceId.slice(0, 16)}…</code></a>` },
        { label: t("time"), cell: (row) => html`<${When} at=${row.at} />` },
        { label: t("outcome"), cell: (row) => outcomePill(row.outcome) },
        { label: t("reason"), cell: (row) => word("reason.", row.reason) },
        { label: t("operation"), cell: (row) => row.service + " · " + row.operation },
        { label: t("spans"), num: true, cell: (row) => row.spans },
        { label: t("duration"), num: true, cell: (row) => duration(row.duration) },
        { label: t("errors"), cell: (row) => (row.error ? html`<${Pill} tone="alarm" icon="✗">${t("error")}<//>` : "") },
        { label: t("explain.probability"), num: true, cell: (row) => percent(row.probability) },
      ]}
    />`}
    ${data?.sampled && html`<p class="note">${t("decisions.sampled", { shown: data.sampled.shown, of: data.sampled.of })}</p>`}
  <//>`;
}

export function Explain({ args, query }) {
  const [typed, type] = useState(args[0] || "");
  useEffect(() => type(args[0] || ""), [args[0]]);
  const ask = (event) => {
    event.preventDefault();
    if (typed.trim()) go("explain", [typed.trim()]);
  };
  return html`<form class="row ask" onSubmit=${ask} role="search">
      <label class="grow">${t("explain.id")}<input name="trace" class="mono" value=${typed} onInput=${(e) => type(e.target.value)} placeholder="4bf92f3577b34da6a3ce929d0e0e4736" spellcheck="false" /></label>
      <button type="submit" class="main">${t("explain.ask")}</button>
    </form>
    ${args[0] ? html`<${Explanation} id=${args[0]} />` : html`<${Empty} what=${t("explain.empty")} />`}
    <${Decisions} query=${query} />`;
}
