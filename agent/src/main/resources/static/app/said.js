// What the server says in sentences: in the reader's language where that has words for its code, else as
// it came, and marked as English.
import { html } from "./lib.js";
import { own, spoken, t, word } from "./i18n.js";
import { NoAnswer } from "./api.js";
import { duration, figure, percent } from "./format.js";

const SHARES = ["probability", "needed", "played", "share", "errorRate"];

function shown(name, value) {
  if (value?.code) return saidText(value, ""); // a sentence in a sentence
  if (name === "reason") return word("reason.", value);
  if (typeof value !== "number") return value;
  if (name === "seconds") return duration(value);
  return SHARES.includes(name) ? percent(value) : figure(value);
}

const all = (values) => Object.fromEntries(Object.entries(values || {}).map(([name, value]) => [name, shown(name, value)]));

/** Words of the server that have no code. */
export const English = ({ text }) => (spoken() === "en" || !text ? text : html`<span lang="en">${text}</span>`);

/** A sentence with its note, where it must be a text. */
export const saidText = (note, text) => (note && own("note.", note.code) ? t("note." + note.code, all(note.values)) : text);

/** A value that the server says in its own words: English within the sentence. */
const FREE = "why";

function parts({ code, values }) {
  return t("note." + code).split(/\{(\w+)\}/).map((part, i) => {
    if (i % 2 === 0) return part;
    const value = values?.[part];
    if (value?.code) return parts(value);
    return part === FREE ? html`<${English} text=${value} />` : (shown(part, value) ?? "{" + part + "}");
  });
}

/** The same to be looked at. */
export const Said = ({ note, text }) => (note && own("note.", note.code) ? parts(note) : html`<${English} text=${text} />`);

/** Sentences with their notes in the same order. */
export const Remarks = ({ texts, notes }) => texts.map((text, i) => html`<${Said} note=${notes?.[i]} text=${text} /> `);

/** What was refused, and what helps (RFC 9457); no answer at all; or a fault of a script, in its words. */
export function Problem({ error }) {
  if (error instanceof NoAnswer) return error.other ? t("state.otherAnswer", { other: error.other }) : t("state.noAnswer");
  const kind = (error.body?.type || "").split("/").pop();
  const title = own("problem.", kind);
  return title ? html`${title}. ${own("problem.", kind + ".advice")} <${English} text=${error.message} />` : html`<${English} text=${error.message} />`;
}

/** A figure of an alert in its unit. */
export function measure(value, unit) {
  if (unit === "s") return duration(value);
  return (unit.startsWith("of the") ? percent(value) : figure(value)) + " " + t("alertUnit." + unit);
}

/** What is wrong. */
export const AlertText = ({ one }) =>
  own("alertText.", one.rule)
    ? t("alertText." + one.rule, { subject: one.subject, value: measure(one.value, one.unit), threshold: measure(one.threshold, one.unit) })
    : html`<${English} text=${one.text} />`;
