// Spending of the period against its budget, and where it will end.
import { html, useState } from "../app/lib.js";
import { t } from "../app/i18n.js";
import { Chart } from "../app/charts.js";
import { Card, Choice } from "../app/ui.js";
import { spentSoFar } from "../app/history.js";
import { amount, clock, day, money } from "../app/format.js";
import { saidText } from "../app/said.js";

const DAY = 86_400;

function columns(books) {
  const from = Date.parse(books.period.from) / 1000;
  const points = spentSoFar(books);
  const now = points[points.length - 1][0];
  const to = books.period.to ? Date.parse(books.period.to) / 1000 : now;
  const times = [...new Set([from, ...points.map((one) => one[0]), to])].sort((a, b) => a - b);
  const spentAt = new Map(points);
  const fan = books.forecast && to > now;
  const line = (end) => times.map((at) => (fan && at === now ? spentAt.get(now) : fan && at === to ? end : null));
  return {
    times,
    to,
    now,
    spent: times.map((at) => spentAt.get(at) ?? null),
    target: books.budget === undefined ? null : times.map((at) => (to > from ? (books.budget * (at - from)) / (to - from) : null)),
    expected: line(books.forecast?.expected),
    low: line(books.forecast?.low),
    high: line(books.forecast?.high),
  };
}

/** When the money is gone at this pace, in words. */
function crossing(books, at) {
  if (!books.forecast || books.budget === undefined || books.forecast.expected <= books.budget) return "";
  const pace = (books.forecast.expected - books.spent) / (at.to - at.now);
  const when = at.now + (books.budget - books.spent) / pace;
  if (books.spent >= books.budget) return " " + t("burn.gone");
  const date = new Date(when * 1000).toISOString();
  return " " + t("burn.crossing", { when: at.to - at.now > DAY ? day(date) : clock(date) });
}

/** Some of what is said ends in a stop. */
const sentence = (text) => (text.endsWith(".") ? text : text + ".");

export function BurnDown({ spend, marks }) {
  const named = spend.budgets.length > 0 ? spend.budgets : [{ ...spend, name: "all" }];
  const [chosen, choose] = useState(0);
  const books = named[Math.min(chosen, named.length - 1)];
  const at = columns(books);
  const text = (value) => money(value, spend.currency);
  const series = [
    { label: t("burn.spent"), colour: "kept", values: at.spent, width: 2.25, spanGaps: true, points: at.spent.filter((one) => one !== null).length < 3 },
    ...(at.target ? [{ label: t("burn.target"), colour: "dropped", values: at.target, dash: [6, 4], spanGaps: true }] : []),
    ...(books.forecast
      ? [
          { label: t("burn.expected"), colour: "kept", values: at.expected, dash: [2, 3], spanGaps: true },
          { label: "", colour: "kept", values: at.high, hidden: true, spanGaps: true },
          { label: "", colour: "kept", values: at.low, hidden: true, spanGaps: true },
        ]
      : []),
  ];
  const n = series.length;
  const say =
    (books.budget === undefined ? t("burn.sayFree", { spent: text(books.spent) }) : t("burn.say", { spent: text(books.spent), budget: text(books.budget) })) +
    (books.forecast ? " " + t("burn.sayEnd", { expected: text(books.forecast.expected), low: text(books.forecast.low), high: text(books.forecast.high) }) + crossing(books, at) : books.noForecast ? " " + sentence(saidText(books.notes?.noForecast, books.noForecast)) : "");
  return html`<${Card}
    id="burn"
    title=${t("burn.title")}
    tools=${named.length > 1 && html`<${Choice} label=${t("budgets.title")} value=${chosen} onChange=${choose} options=${named.map((one, i) => [i, one.name])} />`}
  >
    <${Chart}
      title=${t("burn.title")}
      times=${at.times}
      range=${[at.times[0], at.times[at.times.length - 1]]}
      series=${series}
      bands=${books.forecast ? [[n - 2, n - 1, "band"]] : []}
      long=${at.to - at.times[0] > 2 * DAY}
      axis=${amount}
      text=${text}
      say=${say}
      marks=${marks}
    />
  <//>`;
}
