// One live screen over the public REST API of this origin. Only GETs; text is always set as text.

const EVERY_MS = 1000;
const SPOKEN_EVERY_MS = 60_000;
const SVG = "http://www.w3.org/2000/svg";
const language = navigator.language || "en";
const byId = (id) => document.getElementById(id);

// ---- numbers

const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(language, { notation: "compact", maximumSignificantDigits: 3 });
const percentage = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });

const count = (n) => (n < 100_000 ? whole.format(n) : short.format(n));
const plural = (n, one, many) => count(n) + " " + (n === 1 ? one : many);

function percent(part, all) {
  if (!(all > 0)) return "–";
  return part > 0 && part / all < 0.0005 ? "<" + percentage.format(0.001) : percentage.format(part / all);
}

function bytes(n) {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let i = 0;
  while (n >= 1000 && i < units.length - 1) {
    n /= 1000;
    i++;
  }
  return new Intl.NumberFormat(language, { maximumSignificantDigits: 3 }).format(n) + " " + units[i];
}

function money(amount, currency) {
  const small = amount !== 0 && Math.abs(amount) < 1;
  const digits = small ? { minimumSignificantDigits: 2, maximumSignificantDigits: 3 } : { maximumFractionDigits: 2 };
  return new Intl.NumberFormat(language, { style: "currency", currency, currencyDisplay: "code", ...digits }).format(amount);
}

function duration(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return s + " s";
  if (s < 3600) return Math.floor(s / 60) + " min " + (s % 60) + " s";
  if (s < 86_400) return Math.floor(s / 3600) + " h " + Math.floor((s % 3600) / 60) + " min";
  return Math.floor(s / 86_400) + " d " + Math.floor((s % 86_400) / 3600) + " h";
}

// ---- pieces

function text(id, words, title) {
  const element = byId(id);
  if (element.textContent !== words) element.textContent = words;
  if (title !== undefined) element.title = title;
}

function element(name, className, words) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (words !== undefined) made.textContent = words;
  return made;
}

function svg(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const head = (words) => {
  const cell = element("th", "", words);
  cell.scope = "row";
  return cell;
};
const cell = (words, className) => element("td", className, words);
const number = (n, format = count) => {
  const made = cell(format(n), "number");
  made.title = whole.format(n);
  return made;
};

function share(part, all, strong) {
  const made = element("td");
  const box = element("div", strong ? "share strong" : "share");
  const bar = svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" });
  bar.append(svg("rect", { class: "track", width: 100, height: 10 }));
  bar.append(svg("rect", { class: "fill", width: all > 0 ? Math.min(100, (100 * part) / all) : 0, height: 10 }));
  box.append(bar, element("span", "", percent(part, all)));
  made.append(box);
  return made;
}

function rows(id, all, columns, empty) {
  const body = byId(id);
  if (all.length === 0) {
    const cell = element("td", "empty", empty);
    cell.colSpan = columns;
    const row = element("tr");
    row.append(cell);
    body.replaceChildren(row);
    return;
  }
  body.replaceChildren(
    ...all.map((cells) => {
      const row = element("tr");
      row.append(...cells);
      return row;
    }),
  );
}

const largestFirst = (map) => Object.entries(map).sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
const sum = (map) => Object.values(map).reduce((a, b) => a + b, 0);

// ---- the screen

function showState(status) {
  const away = status.destinations.filter((d) => !d.connected).map((d) => d.name);
  const ready = away.length > 0 ? "◍ takes spans, but away: " + away.join(", ") : status.degraded.length > 0 ? "◍ degraded" : "● ready";
  const words = { starting: "◌ starting", ready, draining: "◍ draining: ends after what is queued" };
  text("state", (words[status.phase] || status.phase) + ", up " + duration(new Date(status.now) - new Date(status.started)));
  text("about", "policy version " + status.policy.version + (status.policy.configured ? ", as configured" : ", changed over REST"));
  byId("degraded").hidden = status.degraded.length === 0;
  text("degraded", "⚠ Degraded: " + status.degraded.join("; "));
  const banner = byId("switch");
  const on = status.killSwitch.mode !== "off";
  banner.hidden = !on;
  if (on) {
    const what = status.killSwitch.mode === "bypass" ? "requests pass untouched" : "every trace is kept";
    const left = duration(new Date(status.killSwitch.until) - new Date(status.now));
    const why = status.killSwitch.reason ? ": " + status.killSwitch.reason : "";
    text("switch", "⚠ Kill switch " + status.killSwitch.mode + ", " + what + "; off again in " + left + why);
  }
}

function showCards(status, spend) {
  const { spans, rates } = status;
  const total = spend.spent + spend.savedGross;
  text("saved", money(spend.saved, spend.currency));
  text("saved-note", percent(spend.savedGross, total) + " of what all spans would cost, less own cost " + money(spend.ownCost, spend.currency));
  text("spent", money(spend.spent, spend.currency));
  const budget = spend.budget === undefined ? "no budget" : "of " + money(spend.budget, spend.currency);
  text("spent-note", spend.period.name + ", " + budget + "; " + money(spend.nextGigabyte, spend.currency) + "/GB now" +
    (spend.priceRemark ? ", list " + money(spend.pricePerGigabyte, spend.currency) : ""));
  text("in", count(rates.receivedSpansPerSecond) + "/s");
  text("in-note", bytes(rates.receivedBytesPerSecond) + "/s; " + count(spans.received) + " in all");
  text("out", count(rates.keptSpansPerSecond) + "/s");
  text("out-note", percent(spans.kept, spans.kept + spans.dropped) + " of decided; " + count(spans.kept) + " in all");
}

function showCurve(history) {
  const top = Math.max(1, ...history.received, ...history.kept);
  const points = (all) => all.map((y, i) => i + "," + (100 - (96 * y) / top).toFixed(2)).join(" ");
  const width = Math.max(1, history.received.length - 1);
  const chart = svg("svg", { viewBox: "0 0 " + width + " 100", preserveAspectRatio: "none" });
  chart.append(svg("line", { x1: 0, x2: width, y1: 99.5, y2: 99.5 }));
  chart.append(svg("polyline", { class: "received", points: points(history.received) }));
  chart.append(svg("polyline", { class: "kept", points: points(history.kept) }));
  byId("curve").replaceChildren(chart);
  text(
    "curve-text",
    history.received.length < 2
      ? "Not enough data yet."
      : "Top of the chart: " + count(top) + "/s. Now " + count(history.received.at(-1)) + "/s in, " + count(history.kept.at(-1)) + "/s kept.",
  );
}

function showReasons(spans) {
  const table = (id, map, strong, empty) => {
    const all = sum(map);
    rows(id, largestFirst(map).map(([reason, n]) => [head(reason), number(n), share(n, all, strong)]), 3, empty);
  };
  table("kept", spans.keptByReason, true, "Nothing kept yet. Point an OTLP exporter at port 4317 or 4318.");
  table("dropped", spans.droppedByReason, false, "Nothing dropped.");
}

function showFate(spans) {
  const failed = sum(spans.failedByReason);
  const line = (name, n, strong) => [head(name), number(n), share(n, spans.received, strong)];
  const failures = largestFirst(spans.failedByReason).map(([reason, n]) => line("kept, then lost: " + reason, n, true));
  rows(
    "fate",
    [
      line("waiting for a decision", spans.held, false),
      line("dropped", spans.dropped, false),
      line("kept and shipped", spans.shipped, true),
      line("kept, on its way", spans.queued, true),
      ...(failed > 0 ? failures : []),
    ],
    3,
    "",
  );
}

function showDoor(signals) {
  const refused = (map) => largestFirst(map).filter(([, n]) => n > 0).map(([reason, n]) => count(n) + " " + reason.toLowerCase().replaceAll("_", " ")).join(", ");
  rows(
    "door",
    Object.entries(signals).map(([signal, d]) => [head(signal), number(d.received), number(d.receivedBytes, bytes), cell([refused(d.refused), d.letGo > 0 ? count(d.letGo) + " let go, no destination" : ""].filter((t) => t).join(", ") || "none", "number wrap")]),
    4,
    "No request yet.",
  );
}

function showMemory(held, memory) {
  const all = [
    [head("waiting spans (" + count(held.spans) + " in " + count(held.traces) + " traces)"), number(held.bytes, bytes), share(held.bytes, held.bytesMax, true)],
    [head("heap"), number(memory.heapUsedBytes, bytes), share(memory.heapUsedBytes, memory.heapBytesMax, false)],
  ];
  if (memory.residentBytes !== undefined) {
    all.push([head("process, resident"), number(memory.residentBytes, bytes), cell("–")]);
  }
  rows("memory", all, 3, "");
}

function showDestinations(destinations) {
  rows(
    "destinations",
    destinations.map((d) => {
      const state = cell("", d.connected ? "good" : "bad");
      state.textContent = (d.connected ? "✓ connected" : "✗ away") + (d.retries > 0 ? ", " + count(d.retries) + " retries" : "");
      if (d.lastError) state.append(element("div", "note", d.lastError));
      return [head(d.name), state, number(d.wireBytes, bytes), share(d.queuedBytes, d.queueBytesMax, true)];
    }),
    4,
    "No destination is configured: kept spans go nowhere.",
  );
}

function showLaws(identities) {
  rows(
    "laws",
    identities.map((i) => [head(i.law), number(i.left, whole.format), number(i.right, whole.format), cell(i.holds ? "✓ yes" : "✗ off by " + whole.format(i.left - i.right), i.holds ? "good" : "bad")]),
    4,
    "No law is checked yet.",
  );
}

// ---- the fleet: read from what an answer has; older and newer sidecars say less or more

const MEMBERS_SHOWN = 50;
const FLEET_EVERY_MS = 5000; // members describe themselves as often
let fleetAt = -Infinity;
let fleet = {};

function showEngine(here) {
  const element = byId("fleet-engine");
  const name = here.engine || "Redis or Valkey";
  const since = here.awaySeconds > 0 ? " for " + duration(here.awaySeconds * 1000) : "";
  const latency = new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(here.latencyMillis || 0);
  const pods = here.podsKnown ? plural(here.pods, "sidecar", "sidecars") : "an assumed " + plural(here.pods, "sidecar", "sidecars");
  const errors = sum(here.errors || {});
  element.className = here.away ? "fact bad" : "fact";
  text(
    "fleet-engine",
    here.away
      ? "✗ " + name + " has been away" + since + ", this sidecar decides alone: " + (here.lastError || "")
      : "✓ " + name + ", for " + pods + "; answers this one in " + latency + " ms" + (errors > 0 ? "; " + plural(errors, "error", "errors") + " since start" : ""),
  );
}

function showWhole(here) {
  const whole = here.wholeness || {};
  const learned = typeof whole.tornWithoutEngine === "number" ? percent(whole.tornWithoutEngine, 1) : "";
  const alone = here.traffic ? here.traffic.answeredAlone : 0;
  const now = here.away ? "Kept traces arrive torn" + (learned ? ", probably " + learned + " of them" : "") + "." : "Kept traces arrive whole" + (learned ? "; without the engine " + learned + " of them would be torn" : "") + ".";
  text("fleet-whole", now + (alone > 0 ? " " + plural(alone, "fragment was", "fragments were") + " decided without an answer since start." : ""));
}

const configuration = (m) => m.policy + " " + (m.price || "");

function showMembers(members, here, spend) {
  const self = members.find((m) => m.pod === here.pod) || members[0];
  const differs = (m) => configuration(m) !== configuration(self);
  const all = [...members].sort((a, b) => differs(b) - differs(a) || b.spans - a.spans || a.pod.localeCompare(b.pod));
  const spent = (m) => (typeof m.spent === "number" ? m.spent : (m.kept * spend.pricePerGigabyte) / 1e9);
  rows(
    "members",
    all.slice(0, MEMBERS_SHOWN).map((m) => {
      const name = head(m.pod);
      const seen = m.pod === here.pod ? "this one" : m.secondsAgo > 15 ? "silent for " + duration(m.secondsAgo * 1000) : "";
      if (seen) name.append(element("div", "note", seen));
      const policy = cell(m.version, "");
      const line = element("div", differs(m) ? "bad" : "note", (differs(m) ? "✗ differs: " : "") + m.policy.slice(0, 8));
      line.title = configuration(m);
      policy.append(line);
      const kept = number(m.kept, bytes);
      if (m.bytes > 0) kept.append(element("div", "note", percent(m.kept, m.bytes)));
      return [name, policy, number(m.spans), kept, cell(money(spent(m), spend.currency), "number wrap")];
    }),
    5,
    fleet.membersUnknown ? "The engine does not say who is in the fleet: " + fleet.membersUnknown : "No sidecar has described itself yet.",
  );
  text("members-more", all.length > MEMBERS_SHOWN ? "and " + plural(all.length - MEMBERS_SHOWN, "more", "more") + ", in /api/v1/fleet" : "");
}

/** Those that tear most first. */
function showEdges(all) {
  const edges = [...all].sort((a, b) => a.whole / (a.whole + a.torn) - b.whole / (b.whole + b.torn) || b.torn + b.whole - a.torn - a.whole);
  rows(
    "edges",
    edges.map((e) => [head(e.from + " → " + e.to), number(e.whole + e.torn), share(e.whole, e.whole + e.torn, true)]),
    3,
    "No kept call between two sidecars was looked at yet.",
  );
}

async function showFleet(here, spend) {
  byId("fleet").hidden = !here;
  if (!here) return;
  if (performance.now() - fleetAt > FLEET_EVERY_MS) {
    const answer = await get("/api/v1/fleet");
    // Without the engine nobody is seen; who was there last is still worth a look.
    fleet = { ...answer, members: answer.members && answer.members.length > 0 ? answer.members : fleet.members,
      edges: answer.edges && answer.edges.length > 0 ? answer.edges : fleet.edges };
    fleetAt = performance.now();
  }
  showEngine(here);
  showWhole(here);
  byId("fleet-differ").hidden = !fleet.disagreement;
  text("fleet-differ", "✗ " + (fleet.disagreement || ""));
  showMembers(fleet.members || [], here, spend);
  showEdges(fleet.edges || []);
}

let spokenAt = -Infinity;

function showSummary(status, spend) {
  const { spans, identities, destinations } = status;
  const off = identities.filter((i) => !i.holds).length;
  const away = destinations.filter((d) => !d.connected).length;
  const words =
    "Of " + count(spans.received) + " spans received, " + count(spans.kept) + " were kept and " + count(spans.dropped) + " dropped, which saved " +
    money(spend.saved, spend.currency) + ". " + (off === 0 ? "The books balance." : plural(off, "law of the books does", "laws of the books do") + " not hold.") +
    (away === 0 ? "" : " " + plural(away, "destination is", "destinations are") + " away.");
  text("summary", words);
  if (performance.now() - spokenAt > SPOKEN_EVERY_MS) {
    spokenAt = performance.now();
    text("spoken", words);
  }
}

function show(status, spend) {
  showState(status);
  showSummary(status, spend);
  showCards(status, spend);
  showCurve(status.history);
  showReasons(status.spans);
  showFate(status.spans);
  showDoor(status.signals);
  showMemory(status.held, status.memory);
  showDestinations(status.destinations);
  showLaws(status.identities);
}

// ---- live

async function get(path) {
  const answer = await fetch(path, { headers: { accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout(5000) });
  if (!answer.ok) throw new Error(path + " answers " + answer.status);
  return answer.json();
}

async function refresh() {
  const trouble = byId("trouble");
  try {
    const [status, spend] = await Promise.all([get("/api/v1/status"), get("/api/v1/spend")]);
    show(status, spend);
    await showFleet(status.fleet, spend);
    trouble.hidden = true;
  } catch (error) {
    text("trouble", "✗ No answer from the sidecar, figures are old: " + error.message);
    trouble.hidden = false;
  }
}

async function live() {
  if (!document.hidden) await refresh();
  setTimeout(live, EVERY_MS);
}

// ---- theme

function theme(choice) {
  if (choice) document.documentElement.dataset.theme = choice;
}

byId("theme").addEventListener("click", () => {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const next = (document.documentElement.dataset.theme || (dark ? "dark" : "light")) === "dark" ? "light" : "dark";
  localStorage.setItem("theme", next);
  theme(next);
});
document.addEventListener("visibilitychange", () => document.hidden || refresh());
theme(localStorage.getItem("theme"));
live();
