// Spans a second by operation, seen and kept: the last hour by minutes, as the sidecar noted them, and
// from one answer to the next while somebody looks.
import { useLive } from "../app/live.js";

const COLUMNS = 60;
const FORGET_SECONDS = 60;
const MINUTES_MIN = 3; // before, the last seconds tell more
const rings = new Map(); // "service operation" → [{at, all, kept}]
let last = null;

const name = (row) => row.service + "\u0000" + row.operation;

/** Takes an answer of /operations, once. */
export function watchOperations(page, at) {
  if (!page || last?.page === page) return;
  const seconds = last ? (at - last.at) / 1000 : 0;
  if (seconds > FORGET_SECONDS) rings.clear(); // nobody looked: no rate can be told
  for (const row of page.operations) {
    const before = seconds > 0 && seconds <= FORGET_SECONDS ? last.rows.get(name(row)) : null;
    if (!before || row.all.spans < before.all.spans) continue;
    const ring = rings.get(name(row)) || [];
    ring.push({ at: at / 1000, all: (row.all.spans - before.all.spans) / seconds, kept: Math.max(0, row.kept.spans - before.kept.spans) / seconds });
    if (ring.length > COLUMNS) ring.shift();
    rings.set(name(row), ring);
  }
  last = { page, at, rows: new Map(page.operations.map((row) => [name(row), row])) };
}

/** {times, minutes: whether each is a minute, of(row): cells at those times, null where nothing is known}. */
export function useOperationHistory() {
  const { data } = useLive("/api/v1/operations/history");
  if (!data || data.at.length < MINUTES_MIN) {
    const longest = [...rings.values()].reduce((most, ring) => (ring.length > most.length ? ring : most), []);
    const times = longest.map((one) => one.at);
    return { times, minutes: false, of: (row) => aligned(times, rings.get(name(row)) || []) };
  }
  const times = data.at.map((at) => Date.parse(at) / 1000);
  const rows = new Map(data.operations.map((row) => [name(row), row]));
  const cells = (row) => times.map((at, i) => (row ? { at, all: row.seen[i], kept: row.kept[i] } : null));
  return { times, minutes: true, of: (row) => cells(rows.get(name(row))) };
}

const aligned = (times, ring) => times.map((at) => ring.find((one) => one.at === at) || null);

/** What one operation did since somebody looks. */
export const seenHere = (row) => rings.get(name(row)) || [];
