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
