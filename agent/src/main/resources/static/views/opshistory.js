// Spans a second by operation, seen and kept, from one answer to the next while somebody looks.
const COLUMNS = 60;
const rings = new Map(); // "service operation" → [{at, all, kept}]
let last = null;

const name = (row) => row.service + "\u0000" + row.operation;

/** Takes an answer of /operations, once. */
export function watchOperations(page, at) {
  if (!page || last?.page === page) return;
  const seconds = last ? (at - last.at) / 1000 : 0;
  if (seconds > 60) rings.clear(); // nobody looked: no rate can be told
  for (const row of page.operations) {
    const before = seconds > 0 && seconds <= 60 ? last.rows.get(name(row)) : null;
    if (!before || row.all.spans < before.all.spans) continue;
    const ring = rings.get(name(row)) || [];
    ring.push({ at: at / 1000, all: (row.all.spans - before.all.spans) / seconds, kept: Math.max(0, row.kept.spans - before.kept.spans) / seconds });
    if (ring.length > COLUMNS) ring.shift();
    rings.set(name(row), ring);
  }
  last = { page, at, rows: new Map(page.operations.map((row) => [name(row), row])) };
}

export const historyOf = (row) => rings.get(name(row)) || [];
