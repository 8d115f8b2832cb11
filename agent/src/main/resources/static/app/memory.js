// What this browser remembers: choices for good, the token until the tab is closed.
function guarded(work) {
  try {
    return work();
  } catch {
    return null; // storage is off: the page works without a memory
  }
}

export const recall = (name) => guarded(() => localStorage.getItem("spanthrift." + name));
export const remember = (name, value) => guarded(() => localStorage.setItem("spanthrift." + name, value));
export const token = () => guarded(() => sessionStorage.getItem("spanthrift.token")) || memory.token;
const memory = { token: "" };

export function keepToken(value) {
  memory.token = value;
  guarded(() => (value ? sessionStorage.setItem("spanthrift.token", value) : sessionStorage.removeItem("spanthrift.token")));
  for (const listener of listeners) listener();
}

const listeners = new Set();
export function onToken(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
