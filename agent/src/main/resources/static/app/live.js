// What is asked again and again while somebody looks: never when the page is hidden, never for a view
// that is not there.
import { useEffect, useState } from "./lib.js";
import { get } from "./api.js";
import { onToken } from "./memory.js";

const EVERY_MS = {
  "/api/v1/status": 1_000,
  "/api/v1/spend": 1_000,
};
const OTHERS_MS = 5_000;

class Topic {
  constructor(path) {
    this.path = path;
    this.state = { data: undefined, error: undefined, at: 0 };
    this.listeners = new Set();
    this.timer = 0;
    this.underWay = false;
  }

  join(listener) {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.refresh();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) clearTimeout(this.timer);
    };
  }

  async refresh() {
    clearTimeout(this.timer);
    if (this.underWay || document.hidden || this.listeners.size === 0) return;
    this.underWay = true;
    try {
      const data = await get(this.path);
      this.state = { data, error: undefined, at: Date.now() };
    } catch (error) {
      this.state = { ...this.state, error };
    }
    this.underWay = false;
    for (const listener of [...this.listeners]) listener(this.state);
    if (this.listeners.size > 0) {
      const every = EVERY_MS[this.path] ?? OTHERS_MS;
      this.timer = setTimeout(() => this.refresh(), this.state.error ? Math.max(every, 2_000) : every);
    }
  }
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

/** The newest answer of a GET: {data, error, at}. */
export function useLive(path) {
  const [state, set] = useState(path ? topic(path).state : {});
  useEffect(() => {
    if (!path) return undefined;
    set(topic(path).state);
    return topic(path).join(set);
  }, [path]);
  return state;
}
