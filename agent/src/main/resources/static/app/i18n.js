// Words in the reader's language; a test sees to it that each language has all of them.
import { recall, remember } from "./memory.js";

const places = Object.fromEntries(
  document
    .querySelector('meta[name="languages"]')
    .content.split(" ")
    .map((pair) => pair.split("=")),
);
export const languages = Object.keys(places);
let words = {};
let language = "en";
export const spoken = () => language;

function wanted() {
  const asked = recall("language");
  return [asked, ...navigator.languages.map((one) => one.slice(0, 2))].find((one) => one && places[one]) || "en";
}

async function read(name) {
  const answer = await fetch(places[name]);
  if (!answer.ok) throw new Error("HTTP " + answer.status);
  return answer.json();
}

/** Loads the words; ask before anything is drawn. */
export async function speak(choice) {
  const next = choice || wanted();
  words = await read(next); // or all stays as it was
  if (choice) remember("language", choice);
  language = next;
  document.documentElement.lang = language;
}

/** The locale of numbers and times: the browser's where it speaks the page's language. */
export const locale = () => navigator.languages.find((one) => one.startsWith(language)) || language;

/** Words for a key, with {names} filled in. */
export function t(key, values) {
  const text = words[key] ?? key;
  return values ? text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all) : text;
}

/** Words of this language for what the server says in English; none in English. */
export const own = (family, name) => words[family + name];

/** Words for one of a family of keys, such as reasons; what has none is its own word. */
export const word = (family, name) => words[family + name] ?? name;
