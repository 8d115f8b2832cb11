// All state of the page is in its address: #/view/argument?name=value.
import { useEffect, useState } from "./lib.js";

function read() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  const [view, ...args] = path.split("/").map(decodeURIComponent);
  return { view: view || "overview", args, query: new URLSearchParams(query || "") };
}

export const route = { now: read() };
const listeners = new Set();

function changed() {
  route.now = read();
  for (const listener of listeners) listener(route.now);
}
addEventListener("hashchange", changed);

/** An address of the page. */
export function href(view, args = [], query = {}) {
  const set = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const path = [view, ...args].map(encodeURIComponent).join("/");
  return "#/" + path + (set.length ? "?" + new URLSearchParams(set) : "");
}

/** Changes what stands behind the question mark, without a step in the browser's history. */
export function setQuery(changes) {
  const { view, args, query } = route.now;
  history.replaceState(null, "", href(view, args, { ...Object.fromEntries(query), ...changes }));
  changed();
}

export const go = (view, args, query) => {
  location.hash = href(view, args, query);
};

export function useRoute() {
  const [now, set] = useState(route.now);
  useEffect(() => {
    listeners.add(set);
    return () => listeners.delete(set);
  }, []);
  return now;
}
