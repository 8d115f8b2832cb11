// Numbers as people read them. Money and units hang together with a no-break space.
import { locale, t } from "./i18n.js";

const made = new Map();
function format(options) {
  const key = locale() + JSON.stringify(options);
  if (!made.has(key)) made.set(key, new Intl.NumberFormat(locale(), options));
  return made.get(key);
}

export const whole = (n) => format({ maximumFractionDigits: 0 }).format(n);
export const count = (n) =>
  Math.abs(n) < 100_000 ? whole(n) : format({ notation: "compact", maximumSignificantDigits: 3 }).format(n);
export const decimal = (n, digits = 3) => format({ maximumSignificantDigits: digits }).format(n);

/** What is counted as it is, what is measured with its first digits. */
export const figure = (n) => (Number.isInteger(n) ? whole(n) : decimal(n));

export function percent(part, all = 1) {
  if (!(all > 0)) return "–";
  const share = part / all;
  const style = { style: "percent", maximumFractionDigits: share < 0.1 ? 1 : 0 };
  if (share > 0 && share < 0.0005) return "<" + format({ style: "percent", maximumFractionDigits: 1 }).format(0.001);
  if (share < 1 && share > 0.995) return format({ style: "percent", maximumFractionDigits: 2 }).format(Math.floor(share * 1e4) / 1e4);
  return format(style).format(share);
}

export function scaled(n, units, step = 1000) {
  let i = 0;
  while (Math.abs(n) >= step && i < units.length - 1) {
    n /= step;
    i++;
  }
  return decimal(n) + "\u00a0" + units[i];
}
export const bytes = (n) => scaled(n, ["B", "kB", "MB", "GB", "TB", "PB"]);
export const perSecond = (n) => decimal(n < 10 ? n : Math.round(n)) + "\u00a0/s";

/** USD 12.34; small amounts with their first significant digits, a true minus before what is below zero. */
export function money(amount, currency) {
  if (amount === null || amount === undefined) return "–";
  const size = Math.abs(amount);
  const digits =
    size !== 0 && size < 1 ? { minimumSignificantDigits: 2, maximumSignificantDigits: size < 0.01 ? 2 : 3 } : { maximumFractionDigits: 2 };
  const text = format({ style: "currency", currency, currencyDisplay: "code", ...digits }).format(size);
  return (amount < 0 ? "\u2212" : "") + text.replace(/\s/g, "\u00a0");
}

/** The amount alone, where the currency stands above or beside. */
export const amount = (n) => (n === null || n === undefined ? "–" : n === 0 ? "0" : (n < 0 ? "\u2212" : "") + decimal(Math.abs(n), Math.abs(n) < 1 ? 2 : 4));

export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  const nb = "\u00a0";
  if (seconds < 0.001) return decimal(seconds * 1e6) + nb + "µs";
  if (seconds < 1) return decimal(seconds * 1e3) + nb + "ms";
  if (seconds < 60) return decimal(seconds) + nb + "s";
  const s = Math.round(seconds);
  if (s < 3600) return Math.floor(s / 60) + nb + "min" + (s % 60 ? nb + (s % 60) + nb + "s" : "");
  if (s < 86_400) return Math.floor(s / 3600) + nb + "h" + nb + Math.floor((s % 3600) / 60) + nb + "min";
  return Math.floor(s / 86_400) + nb + "d" + nb + Math.floor((s % 86_400) / 3600) + nb + "h";
}

export const clock = (at) => new Date(at).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
export const day = (at) => new Date(at).toLocaleDateString(locale(), { month: "short", day: "numeric" });
export const moment = (at) => (Date.now() - Date.parse(at) < 86_400_000 ? clock(at) : day(at) + " " + clock(at));
export const utc = (at) => new Date(at).toISOString();

/** 5 min ago. */
export function ago(at) {
  const seconds = Math.max(0, (Date.now() - Date.parse(at)) / 1000);
  return seconds < 5 ? t("time.now") : t("time.ago", { time: duration(seconds < 60 ? Math.round(seconds) : Math.round(seconds / 60) * 60) });
}
