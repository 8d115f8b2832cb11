// The last minutes by reason, from what the status counts: gathered while the page is looked at.
const KEEP = 600;
const ring = []; // {at, kept: {reason: n}, dropped: {reason: n}}

/** Takes what a status says, once. */
export function watch(status) {
  if (!status) return;
  const at = Date.parse(status.now) / 1000;
  const last = ring[ring.length - 1];
  if (last && at <= last.at) return;
  // A counter that fell is a sidecar that started anew.
  if (last && status.spans.received < last.received) ring.length = 0;
  ring.push({ at, received: status.spans.received, kept: status.spans.keptByReason, dropped: status.spans.droppedByReason });
  if (ring.length > KEEP) ring.shift();
}

/** Spans a second by reason: {times, kept: {reason: []}, dropped: {reason: []}}. */
export function rates() {
  const times = [];
  const kept = {};
  const dropped = {};
  for (let i = 1; i < ring.length; i++) {
    const [before, now] = [ring[i - 1], ring[i]];
    const seconds = now.at - before.at;
    times.push(now.at);
    for (const [into, name] of [[kept, "kept"], [dropped, "dropped"]]) {
      for (const reason of Object.keys(now[name])) (into[reason] ||= new Array(i - 1).fill(0)).push(Math.max(0, (now[name][reason] - (before[name][reason] || 0)) / seconds));
      for (const values of Object.values(into)) if (values.length < times.length) values.push(0);
    }
  }
  return { times, kept, dropped };
}

const POINTS_MAX = 400;
const spending = new Map(); // budget → [[at, spent]] of its period

/** Spending of a budget since somebody looks, thinned when it grows: at most so many points. */
export function spentSoFar(books) {
  const from = Date.parse(books.period.from) / 1000;
  const known = (spending.get(books.name) || []).filter((one) => one[0] >= from && one[1] <= books.spent);
  const last = known[known.length - 1];
  const now = Math.max(Date.now() / 1000, from + 1);
  if (!last || now - last[0] >= 1) known.push([now, books.spent]);
  spending.set(books.name, known.length > POINTS_MAX ? known.filter((_, i) => i % 2 === 0 || i === known.length - 1) : known);
  return spending.get(books.name);
}
