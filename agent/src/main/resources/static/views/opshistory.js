// Spans a second by operation, seen and kept: the last hour by minutes, as the sidecar noted them, and
// from one answer to the next while somebody looks.
import { useLive } from "../app/live.js";

const COLUMNS = 60;
const STEP_SECONDS = 5; // answers come about so often
const SOON_MS = 2_000;
const FORGET_SECONDS = 60;
const MINUTES_MIN = 3; // before, the last seconds tell more
const rings = new Map(); // "service operation" → [{at, all, kept}]
const known = new Map(); // the same → {at, row}: what was answered last
let page = null;

const name = (row) => row.service + "\u0000" + row.operation;

/** Takes an answer of /operations, once; whichever rows it has. */
export function watchOperations(answer, at) {
  if (!answer || page === answer) return;
  page = answer;
  forget(at);
  // The same for all rows of one answer, and for answers that come together: columns of the heat map.
  const column = Math.round(at / 1000 / STEP_SECONDS) * STEP_SECONDS;
  for (const row of answer.operations) {
    const before = known.get(name(row));
    if (before && at - before.at < SOON_MS) continue; // counts come in bursts
    known.set(name(row), { at, row });
    const seconds = before ? (at - before.at) / 1000 : 0;
    const goesOn = seconds > 0 && seconds <= FORGET_SECONDS && row.all.spans >= before.row.all.spans;
    const ring = goesOn ? rings.get(name(row)) || [] : []; // nobody looked: no rate can be told
    if (goesOn && ring[ring.length - 1]?.at === column) ring.pop();
    if (goesOn) ring.push({ at: column, all: (row.all.spans - before.row.all.spans) / seconds, kept: Math.max(0, row.kept.spans - before.row.kept.spans) / seconds });
    if (ring.length > COLUMNS) ring.shift();
    rings.set(name(row), ring);
  }
}

/** Of what was not answered for so long no rate can be told; and a page may be open for days. */
function forget(at) {
  for (const [one, { at: last }] of known) {
    if (at - last <= FORGET_SECONDS * 1000) continue;
    known.delete(one);
    rings.delete(one);
  }
}

/** {times, seconds: of each column, minutes: whether it is one, of(row): cells at those times, null where nothing is known, firstSeen(row)}. */
export function useOperationHistory() {
  const { data } = useLive("/api/v1/operations/history");
  if (!data || data.at.length < MINUTES_MIN) {
    const times = columns();
    return { times, seconds: STEP_SECONDS, minutes: false, firstSeen: () => null, of: (row) => aligned(times, rings.get(name(row)) || []) };
  }
  const times = data.at.map((at) => Date.parse(at) / 1000);
  const rows = new Map(data.operations.map((row) => [name(row), row]));
  const cells = (row) => times.map((at, i) => (row ? { at, all: row.seen[i], kept: row.kept[i] } : null));
  const firstSeen = (row) => (rows.get(name(row))?.firstSeen ? Date.parse(rows.get(name(row)).firstSeen) / 1000 : null);
  return { times, seconds: 60, minutes: true, firstSeen, of: (row) => cells(rows.get(name(row))) };
}

/** Moments that most rows know of: answers about one operation are no column. */
function columns() {
  const rows = new Map();
  for (const ring of rings.values()) for (const { at } of ring) rows.set(at, (rows.get(at) || 0) + 1);
  const many = Math.max(...rows.values(), 0) / 2;
  return [...rows].filter(([, count]) => count >= many).map(([at]) => at).sort((a, b) => a - b).slice(-COLUMNS);
}

const aligned = (times, ring) => times.map((at) => ring.find((one) => one.at === at) || null);

/** What one operation did since somebody looks. */
export const seenHere = (row) => rings.get(name(row)) || [];
