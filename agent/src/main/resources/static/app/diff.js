// Which lines of a text went and which came (longest common subsequence).
import { html } from "./lib.js";
import { t } from "./i18n.js";

const LINES_MAX = 1_500; // beyond it all of the one goes and all of the other comes

/** [" " | "-" | "+", line] in order. */
export function lineDiff(before, after) {
  const a = before.replace(/\n$/, "").split("\n");
  const b = after.replace(/\n$/, "").split("\n");
  if (a.length > LINES_MAX || b.length > LINES_MAX) return [...a.map((line) => ["-", line]), ...b.map((line) => ["+", line])];
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
  }
  const lines = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) lines.push([" ", a[i++], j++]);
    else if (i < a.length && (j === b.length || common[i + 1][j] >= common[i][j + 1])) lines.push(["-", a[i++]]);
    else lines.push(["+", b[j++]]);
  }
  return lines;
}

export function LineDiff({ before, after }) {
  const lines = lineDiff(before, after);
  if (lines.every(([sign]) => sign === " ")) return html`<p class="note">${t("diff.none")}</p>`;
  return html`<div class="lines mono" tabindex="0" role="group" aria-label=${t("diff.title")} id="line-diff">
    ${lines.map(([sign, line]) => html`<pre class=${sign === "-" ? "was" : sign === "+" ? "is" : ""}><span class="hidden">${sign === "-" ? t("diff.removed") : sign === "+" ? t("diff.added") : ""}</span>${sign} ${line}</pre>`)}
  </div>`;
}
