// What another budget would do with the last decisions: a sketch that answers at once. The exact answer
// is budget:simulate, from the recording.
export const CLASSES = ["error", "slow", "new", "ordinary"];
export const SHARES = { error: 0.6, slow: 0.2, new: 0.08, ordinary: 0.12 };

const classOf = (one) => (one.traceClass ? (CLASSES.includes(one.traceClass) ? one.traceClass : "ordinary") : null);

/** The decisions added up once: {seconds, classes: {name: {money, traces, kept, keptMoney}}, ruled, errors}. */
export function sums(decisions, pricePerByte) {
  const classes = Object.fromEntries(CLASSES.map((name) => [name, { money: 0, traces: 0, kept: 0, keptMoney: 0, errors: 0, keptErrors: 0 }]));
  const ruled = { money: 0, traces: 0, kept: 0, keptMoney: 0, errors: 0, keptErrors: 0 };
  let [first, last] = [Infinity, -Infinity];
  for (const one of decisions) {
    const at = Date.parse(one.at);
    first = Math.min(first, at);
    last = Math.max(last, at);
    const into = classes[classOf(one)] || ruled;
    const price = one.bytes * pricePerByte;
    const kept = one.outcome === "kept";
    into.money += price;
    into.traces++;
    into.errors += one.error ? 1 : 0;
    if (kept) {
      into.kept++;
      into.keptMoney += price;
      into.keptErrors += one.error ? 1 : 0;
    }
  }
  return { seconds: Math.max(1, (last - first) / 1000), classes, ruled, traces: decisions.length };
}

/**
 * Divides the money as the budget does: each class its share; what one does not need goes to the others.
 * @param perSecond money
 * @param floor least probability
 * @returns {{probability: {class: p}, moneyPerSecond, errors, traces}} as parts of one
 */
export function divide(sum, perSecond, shares, floor) {
  let left = Math.max(0, perSecond * sum.seconds - sum.ruled.keptMoney);
  const given = Object.fromEntries(CLASSES.map((name) => [name, 0]));
  let open = CLASSES.filter((name) => sum.classes[name].money > 0);
  for (let round = 0; round < CLASSES.length && open.length > 0 && left > 0; round++) {
    const weight = open.reduce((all, name) => all + shares[name], 0) || 1;
    const pot = left;
    for (const name of open) {
      const more = Math.min(sum.classes[name].money - given[name], (pot * shares[name]) / weight);
      given[name] += more;
      left -= more;
    }
    open = open.filter((name) => given[name] < sum.classes[name].money * 0.999999 && shares[name] > 0);
  }
  const probability = {};
  let money = sum.ruled.keptMoney;
  let [traces, errors, allErrors] = [sum.ruled.kept, sum.ruled.keptErrors, sum.ruled.errors];
  for (const name of CLASSES) {
    const one = sum.classes[name];
    probability[name] = one.money > 0 ? Math.min(1, Math.max(floor, given[name] / one.money)) : null;
    money += (probability[name] ?? 0) * one.money;
    traces += (probability[name] ?? 0) * one.traces;
    errors += (probability[name] ?? 0) * one.errors;
    allErrors += one.errors;
  }
  return { probability, moneyPerSecond: money / sum.seconds, traces: sum.traces ? traces / sum.traces : 0, errors: allErrors ? errors / allErrors : null };
}

/** The same figures for what really was decided. */
export function asItWas(sum) {
  const all = [...CLASSES.map((name) => sum.classes[name]), sum.ruled];
  const total = (key) => all.reduce((n, one) => n + one[key], 0);
  return {
    probability: Object.fromEntries(CLASSES.map((name) => [name, sum.classes[name].traces ? sum.classes[name].kept / sum.classes[name].traces : null])),
    moneyPerSecond: total("keptMoney") / sum.seconds,
    traces: sum.traces ? total("kept") / sum.traces : 0,
    errors: total("errors") ? total("keptErrors") / total("errors") : null,
  };
}
