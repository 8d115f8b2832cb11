// A policy on its way from one view to the editor.
let waiting = null;

export function bring(text) {
  waiting = text;
}

export function take() {
  const text = waiting;
  waiting = null;
  return text;
}
