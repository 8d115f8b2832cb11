// The last hour by reason and by money: what the sidecar noted each ten seconds, and from the moment on
// in which somebody looks what is seen here each second.
import { get } from "./api.js";
import { onToken } from "./memory.js";
import { answered, missed } from "./missed.js";

const PATH = "/api/v1/history";
const HOUR = 3_600;
const KEEP = 900; // points seen here: a quarter of an hour of seconds
const STEP = 10;
const WINDOW = 5; // decisions come in bursts: a rate is told over so many seconds
const CLOSE = 0.5; // readings nearer than this tell nothing new

let past = []; // {at, received, kept: {reason: n}, dropped: {reason: n}}: what came before this page
let ring = []; // the same, seen here
let money = new Map(); // budget → [[at, spent]]
let asked = 0;
let lost = false; // no answer yet to what was asked last
let next = 0; // when a status asks again for what is lost

const points = (hour, i) => ({
  at: Date.parse(hour.at[i]) / 1000,
  received: hour.received[i],
  kept: Object.fromEntries(Object.entries(hour.kept).map(([name, counts]) => [name, counts[i]])),
  dropped: Object.fromEntries(Object.entries(hour.dropped).map(([name, counts]) => [name, counts[i]])),
});

/** Asks for the hour before now: when the page is opened or seen again, with another token, and while it did not come. */
export async function recallHour() {
  const mine = ++asked;
  lost = false;
  try {
    const hour = await get(PATH);
    if (mine !== asked) return;
    answered(PATH);
    const all = hour.at.map((_, i) => points(hour, i));
    const last = all.length > 0 ? all[all.length - 1].at : 0;
    past = all;
    ring = ring.filter((one) => one.at > last);
    const times = all.map((one) => one.at);
    const periods = new Map(hour.periods.map((one) => [one.budget, one.at.map((at, i) => [Date.parse(at) / 1000, one.spent[i]])]));
    for (const name of new Set([...periods.keys(), ...Object.keys(hour.spent)])) {
      const before = (periods.get(name) || []).filter((one) => times.length === 0 || one[0] < times[0]);
      const seen = (money.get(name) || []).filter((one) => one[0] > last);
      money.set(name, [...before, ...(hour.spent[name] || []).map((value, i) => [times[i], value]), ...seen]);
    }
  } catch (error) {
    if (mine !== asked) return;
    lost = true;
    missed(PATH, error); // the charts begin with what is seen here
  }
}
document.addEventListener("visibilitychange", () => document.hidden || recallHour());
onToken(recallHour);

/** Takes what a status says, once. */
export function watch(status) {
  if (!status) return;
  const at = Date.parse(status.now) / 1000;
  const last = ring[ring.length - 1] || past[past.length - 1];
  if (last && at <= last.at + CLOSE) return;
  if (lost && at >= next) {
    next = at + STEP;
    recallHour();
  }
  // A counter that fell is a sidecar that started anew.
  if (last && status.spans.received < last.received) {
    past = [];
    ring = [];
    money = new Map();
    recallHour(); // it has kept its books, and this page has not
  }
  ring.push({ at, received: status.spans.received, kept: status.spans.keptByReason, dropped: status.spans.droppedByReason });
  if (ring.length > KEEP) {
    const old = ring.shift();
    if (past.length === 0 || old.at >= past[past.length - 1].at + STEP) past.push(old);
  }
  while (past.length > 0 && past[0].at < at - HOUR) past.shift();
}

const names = (all, side) => [...new Set(all.flatMap((one) => Object.keys(one[side])))];

/** Spans a second by reason: {times, kept: {reason: []}, dropped: {reason: []}}. */
export function rates() {
  const all = [...past, ...ring];
  const of = (side) => Object.fromEntries(names(all.slice(-1), side).map((name) => [name, []]));
  const [times, kept, dropped] = [[], of("kept"), of("dropped")];
  let from = 0;
  for (let i = 1; i < all.length; i++) {
    while (from < i - 1 && all[from + 1].at <= all[i].at - WINDOW) from++;
    const [before, now] = [all[from], all[i]];
    times.push(now.at);
    for (const [into, side] of [[kept, "kept"], [dropped, "dropped"]]) {
      for (const [name, values] of Object.entries(into)) values.push(Math.max(0, ((now[side][name] || 0) - (before[side][name] || 0)) / (now.at - before.at)));
    }
  }
  return { times, kept, dropped };
}

const POINTS = 600; // as many as a chart has pixels

/** Spending of a budget in its period, as far as it is known: no finer than it can be drawn. */
export function spentSoFar(books) {
  const from = Date.parse(books.period.from) / 1000;
  const known = (money.get(books.name) || []).filter((one) => one[0] >= from && one[1] <= books.spent);
  const now = Math.max(Date.now() / 1000, from + 1);
  const to = books.period.to ? Date.parse(books.period.to) / 1000 : now;
  const step = Math.max(1, (to - from) / POINTS);
  const kept = [];
  for (const one of [...known.filter((one) => one[0] <= now), [now, books.spent]]) {
    // The newest stands for its step until that is over.
    if (kept.length > 1 && one[0] - kept[kept.length - 2][0] < step) kept.pop();
    kept.push(one);
  }
  money.set(books.name, kept);
  return kept;
}
