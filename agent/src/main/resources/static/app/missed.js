// Which questions of the page got no answer last: told once above the view, since what a view shows of
// them is old, or is not there.
import { useEffect, useState } from "./lib.js";

const errors = new Map(); // path → what came instead
const listeners = new Set();
const tell = () => listeners.forEach((one) => one([...errors]));

export function missed(path, error) {
  errors.set(path, error);
  tell();
}

export function answered(path) {
  if (errors.delete(path)) tell();
}

/** [[path, error]]. */
export function useMissed() {
  const [now, set] = useState([...errors]);
  useEffect(() => {
    listeners.add(set);
    set([...errors]); // what came between the first drawing and this
    return () => listeners.delete(set);
  }, []);
  return now;
}
