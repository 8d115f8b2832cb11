// What the server says in sentences: in the reader's language where that has words for its code, else as
// it came, and marked as English.
import { html } from "./lib.js";
import { own, spoken, t } from "./i18n.js";
import { decimal, duration, percent } from "./format.js";

const SHARES = ["probability", "needed", "share", "errorRate"];

function shown(name, value) {
  if (value?.code) return saidText(value, ""); // a sentence in a sentence
  if (typeof value !== "number") return value;
  if (name === "seconds") return duration(value);
  return SHARES.includes(name) ? percent(value) : decimal(value);
}

const all = (values) => Object.fromEntries(Object.entries(values || {}).map(([name, value]) => [name, shown(name, value)]));

/** Words of the server that have no code. */
export const English = ({ text }) => (spoken() === "en" || !text ? text : html`<span lang="en">${text}</span>`);

/** A sentence with its note, where it must be a text. */
export const saidText = (note, text) => (note && own("note.", note.code) ? t("note." + note.code, all(note.values)) : text);

/** The same to be looked at. */
export const Said = ({ note, text }) => (note && own("note.", note.code) ? saidText(note, text) : html`<${English} text=${text} />`);

/** Sentences with their notes in the same order. */
export const Remarks = ({ texts, notes }) => texts.map((text, i) => html`<${Said} note=${notes?.[i]} text=${text} /> `);

/** What was refused, and what helps (RFC 9457); no answer at all is told by the browser, in its words. */
export function Problem({ error }) {
  if (!error.status) return t("state.noAnswer");
  const kind = (error.body?.type || "").split("/").pop();
  const title = own("problem.", kind);
  return title ? html`${title}. ${own("problem.", kind + ".advice")} <${English} text=${error.message} />` : html`<${English} text=${error.message} />`;
}

/** A figure of an alert in its unit. */
export function measure(value, unit) {
  if (unit === "s") return duration(value);
  return (unit.startsWith("of the") ? percent(value) : decimal(value)) + " " + t("alertUnit." + unit);
}

/** What is wrong. */
export const AlertText = ({ one }) =>
  own("alertText.", one.rule)
    ? t("alertText." + one.rule, { subject: one.subject, value: measure(one.value, one.unit), threshold: measure(one.threshold, one.unit) })
    : html`<${English} text=${one.text} />`;
