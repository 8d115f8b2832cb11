// What is shown as it is now. Status and money come by a stream, second by second; what no stream tells
// is asked again and again, and so is everything while there is no stream. Nothing while the page is
// hidden, nothing for a view that is not there.
import { useEffect, useState } from "./lib.js";
import { get } from "./api.js";
import { onToken } from "./memory.js";
import { listen } from "./stream.js";
import { answered, missed } from "./missed.js";

const STATUS = "/api/v1/status";
const SPEND = "/api/v1/spend";
const OVERVIEW = "/api/v1/stream/overview";
const AUDIT = "/api/v1/stream/audit";
const DECISIONS = "/api/v1/decisions";
const SECOND_MS = 1_000;
const OTHERS_MS = 5_000;
const MINUTE_MS = 60_000;
const NEVER = Infinity;

/** The stream that tells of a path, and how often it is asked while that is open, and while not. */
function ruleOf(path) {
  const [place, query] = path.split("?");
  if (place === STATUS) return { stream: OVERVIEW, open: OTHERS_MS, closed: SECOND_MS };
  if (place === SPEND) return { stream: OVERVIEW, open: NEVER, closed: SECOND_MS };
  if (place === "/api/v1/audit") return { stream: AUDIT, open: NEVER, closed: OTHERS_MS };
  if (place === "/api/v1/operations/history") return { open: MINUTE_MS / 2, closed: MINUTE_MS / 2 };
  if (place === "/api/v1/report") return { open: 3 * OTHERS_MS, closed: 3 * OTHERS_MS };
  if (place !== DECISIONS) return { open: OTHERS_MS, closed: OTHERS_MS };
  const filter = new URLSearchParams(query);
  const limit = Number(filter.get("limit"));
  filter.delete("limit");
  return { stream: "/api/v1/stream/decisions" + (filter.size ? "?" + filter : ""), open: NEVER, closed: OTHERS_MS, limit };
}

class Topic {
  constructor(path) {
    this.path = path;
    this.again = () => this.refresh();
    this.state = { data: undefined, error: undefined, at: 0, again: this.again };
    this.listeners = new Map(); // listener → how often it wants to know, in ms
    this.timer = 0;
    this.underWay = false;
    this.asked = false; // once more, meanwhile
    this.streams = false;
    this.rule = ruleOf(path);
    this.heard = []; // decisions of one piece of the stream: shown together
    this.sampled = undefined;
  }

  join(listener, every) {
    this.listeners.set(listener, every);
    if (this.listeners.size === 1) {
      this.refresh();
      if (this.rule.stream) this.leave = listen(this.rule.stream, { event: (event) => this.hear(event), state: (open) => this.streamed(open) });
    } else {
      this.plan();
    }
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      clearTimeout(this.timer);
      answered(this.path); // nobody asks any more
      this.streams = false;
      this.leave?.();
    };
  }

  streamed(open) {
    if (this.streams === open) return;
    this.streams = open;
    // What happened between is not told again by a state.
    this.refresh();
  }

  hear({ name, data }) {
    if (name === "audit") return this.refresh();
    if (name === "sampled") return (this.sampled = data);
    if (name === "decision") return this.decided(data);
    if (name !== "overview") return undefined;
    if (this.path === SPEND) return this.put(data.spend);
    if (!this.state.data || Date.parse(data.at) < Date.parse(this.state.data.now)) return undefined;
    const before = this.state.data;
    this.put(merged(before, data));
    return turned(before, data) ? this.refresh() : undefined;
  }

  decided(row) {
    this.heard.unshift(row);
    if (this.heard.length === 1) queueMicrotask(() => this.showHeard());
  }

  showHeard() {
    const [fresh, sampled] = [this.heard, this.sampled];
    this.heard = [];
    this.sampled = undefined;
    const before = this.state.data;
    if (before) this.put({ ...before, noted: before.noted + fresh.length, sampled, decisions: [...fresh, ...before.decisions].slice(0, this.rule.limit) });
  }

  put(data) {
    this.state = { data, error: undefined, at: Date.now(), again: this.again };
    answered(this.path);
    for (const listener of [...this.listeners.keys()]) listener(this.state);
  }

  every() {
    return Math.min(this.streams ? this.rule.open : this.rule.closed, ...this.listeners.values());
  }

  plan() {
    clearTimeout(this.timer);
    if (this.listeners.size === 0) return;
    const every = this.every();
    const wait = this.state.error ? Math.max(2 * SECOND_MS, Math.min(every, OTHERS_MS)) : every;
    if (wait !== NEVER) this.timer = setTimeout(() => this.refresh(), wait);
  }

  async refresh() {
    clearTimeout(this.timer);
    if (document.hidden || this.listeners.size === 0) return;
    if (this.underWay) {
      this.asked = true;
      return;
    }
    this.underWay = true;
    this.asked = false;
    try {
      this.put(await get(this.path));
    } catch (error) {
      this.state = { ...this.state, error };
      if (this.listeners.size > 0 && this.path !== STATUS) missed(this.path, error);
      for (const listener of [...this.listeners.keys()]) listener(this.state);
    }
    this.underWay = false;
    if (this.asked) this.refresh();
    else this.plan();
  }
}

const sum = (map) => Object.values(map).reduce((a, b) => a + b, 0);

/** A status with what the stream says of now. */
function merged(status, now) {
  return {
    ...status,
    now: now.at,
    phase: now.phase,
    degraded: now.degraded,
    killSwitch: now.killSwitch,
    rates: now.rates,
    spans: { ...status.spans, received: now.received, held: now.held, kept: sum(now.keptByReason), dropped: sum(now.droppedByReason), keptByReason: now.keptByReason, droppedByReason: now.droppedByReason },
    destinations: status.destinations.map((one) => ({ ...one, away: now.away.includes(one.name) })),
  };
}

/** Whether something changed of which the stream tells only that it did. */
function turned(status, now) {
  const away = status.destinations.filter((one) => one.away).map((one) => one.name);
  return status.policy.version !== now.policyVersion || status.phase !== now.phase || away.join() !== now.away.join();
}

const topics = new Map();

function topic(path) {
  if (!topics.has(path)) topics.set(path, new Topic(path));
  // A few are kept, so that a view that comes back has something to show at once.
  if (topics.size > 40) {
    for (const [name, old] of topics) {
      if (old.listeners.size === 0 && name !== path) {
        topics.delete(name);
        break;
      }
    }
  }
  return topics.get(path);
}

const all = (path) => (path ? topics.has(path) && [topics.get(path)] : [...topics.values()]) || [];

/** Asks now: after a write, or when the page is seen again. */
export const refresh = (path) => all(path).forEach((one) => one.refresh());

document.addEventListener("visibilitychange", () => document.hidden || refresh());
onToken(() => refresh());

/**
 * The newest answer of a GET: {data, error, at, again: asks now}.
 * @param every how often it is wanted at least, in ms
 */
export function useLive(path, every = NEVER) {
  const [, set] = useState(path && topic(path).state);
  useEffect(() => {
    if (!path) return undefined;
    set(topic(path).state);
    return topic(path).join(set, every);
  }, [path, every]);
  return path ? topic(path).state : {}; // never of the path before
}
