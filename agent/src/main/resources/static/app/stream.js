// Server-sent events, by fetch: EventSource can show no token. Goes on where it was, and rests while
// nobody looks.
import { onToken, token } from "./memory.js";

const SILENCE_MS = 40_000; // two heartbeats are missing
const AGAIN_MS = 3_000;

/** One topic with all who listen to it: open while there is one and the page is seen. */
class Channel {
  constructor(path) {
    this.path = path;
    this.listeners = new Set();
    this.last = "";
    this.open = false;
    this.running = null;
    this.timer = 0;
  }

  tell(what, event) {
    for (const listener of [...this.listeners]) listener[what]?.(event);
  }

  set(open) {
    if (this.open === open) return;
    this.open = open;
    this.tell("state", open);
  }

  wake() {
    clearTimeout(this.timer);
    const wanted = this.listeners.size > 0 && !document.hidden;
    if (wanted && !this.running) this.run();
    if (!wanted) this.rest();
  }

  rest() {
    clearTimeout(this.timer);
    this.running?.abort();
    this.running = null;
    this.set(false);
    if (this.listeners.size === 0) this.last = "";
  }

  async run() {
    const mine = (this.running = new AbortController());
    let patience = 0;
    const alive = () => {
      clearTimeout(patience);
      patience = setTimeout(() => mine.abort(), SILENCE_MS);
    };
    try {
      alive();
      const headers = { accept: "text/event-stream" };
      if (this.last) headers["last-event-id"] = this.last;
      if (token()) headers.authorization = "Bearer " + token();
      const answer = await fetch(this.path, { headers, cache: "no-store", signal: mine.signal });
      if (!answer.ok || !(answer.headers.get("content-type") || "").startsWith("text/event-stream")) throw new Error("HTTP " + answer.status);
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      this.set(true);
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        alive();
        const blocks = (rest + value).split("\n\n");
        rest = blocks.pop();
        if (this.running === mine) blocks.forEach((block) => this.take(block));
      }
    } catch {
      // away, refused, cut, or put to rest: who listens is told below, and asks instead
    }
    clearTimeout(patience);
    if (this.running !== mine) return;
    this.running = null;
    this.set(false);
    if (this.listeners.size > 0 && !document.hidden) this.timer = setTimeout(() => this.wake(), AGAIN_MS);
  }

  take(block) {
    let name = "message";
    const data = [];
    for (const line of block.split("\n")) {
      const at = line.indexOf(":");
      const [field, value] = [line.slice(0, at), line.slice(at + 1).replace(/^ /, "")];
      if (field === "id") this.last = value;
      if (field === "event") name = value;
      if (field === "data") data.push(value);
    }
    if (data.length > 0) this.tell("event", { name, data: JSON.parse(data.join("\n")) });
  }
}

const channels = new Map();

/**
 * Listens to a topic.
 * @param listener {event({name, data}), state(open)}; while it is not open, whoever needs to know asks
 * @returns ends it
 */
export function listen(path, listener) {
  if (!channels.has(path)) channels.set(path, new Channel(path));
  const channel = channels.get(path);
  channel.listeners.add(listener);
  if (channel.open) listener.state?.(true);
  channel.wake();
  return () => {
    channel.listeners.delete(listener);
    if (channel.listeners.size > 0) return;
    channel.rest();
    channels.delete(path);
  };
}

document.addEventListener("visibilitychange", () => channels.forEach((one) => one.wake()));
// Another token may read more, or less: begin again with it.
onToken(() => {
  for (const one of channels.values()) {
    one.rest();
    one.wake();
  }
});
