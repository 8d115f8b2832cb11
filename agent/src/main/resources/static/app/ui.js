// Small pieces that every view is made of.
import { html, useEffect, useRef, useState } from "./lib.js";
import { t } from "./i18n.js";
import { ago, moment, percent, utc } from "./format.js";
import { Problem, Said } from "./said.js";

/** A framed part of a view. @param wide over the whole width */
export function Card({ title, id, wide, half, tools, note, children }) {
  const head = "h-" + id;
  return html`<section class=${"card" + (wide ? " wide" : "") + (half ? " half" : "")} id=${id} aria-labelledby=${head}>
    <div class="card-head"><h2 id=${head}>${title}</h2>${tools && html`<div class="tools">${tools}</div>`}</div>
    ${note && html`<p class="note">${note}</p>`} ${children}
  </section>`;
}

const LONG = 13; // characters that have room in a figure's large letters

/** One figure that is read from far away; an icon before the value where its tone alone must not say it. */
export function Figure({ label, id, value, icon, note, tone, children }) {
  return html`<div class="figure" id=${id}>
    <h2>${label}</h2>
    <p class=${"big" + (tone ? " " + tone : "") + (String(value).length > LONG ? " long" : "")}>${icon && html`<span aria-hidden="true">${icon} </span>`}${value}</p>
    ${note && html`<p class="note">${note}</p>`} ${children}
  </div>`;
}

/** A part of a whole, as a bar. */
export function Bar({ part, all, tone, label }) {
  const share = all > 0 ? Math.min(1, Math.max(0, part / all)) : 0;
  return html`<span class="bar" role="img" aria-label=${label || percent(part, all)}>
    <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
      <rect class="track" width="100" height="4" /><rect class=${"fill " + (tone || "")} width=${share * 100} height="4" />
    </svg>
  </span>`;
}

/**
 * A table of data.
 * @param columns {label, hint, num, wrap, cell(row), sort}; the first is the row's head; a hint where no label is seen
 */
export function Table({ label, columns, rows, empty, keyOf, sort, onSort, rowClass, id }) {
  return html`<div class="scroll" role="group" aria-label=${label} tabindex="0" id=${id}>
    <table aria-label=${label}>
      <thead>
        <tr>
          ${columns.map(
            (column) => html`<th
              scope="col"
              class=${column.num ? "num" : ""}
              aria-sort=${column.sort && sort === column.sort ? "descending" : undefined}
            >
              ${column.sort && onSort
                ? html`<button type="button" class="sorter" onClick=${() => onSort(column.sort)}>
                    ${column.label}${sort === column.sort ? html`<span aria-hidden="true"> ▾</span>` : ""}
                  </button>`
                : column.label || html`<span class="hidden">${column.hint}</span>`}
            </th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${rows.length === 0 && html`<tr><td class="empty" colspan=${columns.length}>${empty}</td></tr>`}
        ${rows.map(
          (row, i) => html`<tr key=${keyOf ? keyOf(row) : i} class=${rowClass ? rowClass(row) : ""}>
            ${columns.map((column, c) =>
              c === 0
                ? html`<th scope="row" class=${column.num ? "num" : ""}>${column.cell(row)}</th>`
                : html`<td class=${(column.num ? "num" : "") + (column.wrap ? " wrap" : "")}>${column.cell(row)}</td>`,
            )}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Nothing is there yet: what is missing, and what brings it. */
export function Empty({ what, how, command, children }) {
  return html`<div class="nothing">
    <p>${what}</p>
    ${how && html`<p class="note">${how}</p>`} ${command && html`<${Code} text=${command} />`} ${children}
  </div>`;
}

/** @param again asks once more, where that may help */
export function Trouble({ error, again, children }) {
  if (!error) return null;
  const errors = error.body?.errors || [];
  return html`<div class="trouble" role="alert">
    <p><span aria-hidden="true">✗ </span>${children} <${Problem} error=${error} />${again && html` <button type="button" class="again" onClick=${() => again()}>${t("again")}</button>`}</p>
    ${errors.length > 0 &&
    html`<ul>
      ${errors.map((one) => html`<li><code>${one.pointer || "/"}</code> <${Said} note=${one.notes?.[0]} text=${one.detail} />. <span class="note"><${Said} note=${one.notes?.[1]} text=${one.suggestion} /></span></li>`)}
    </ul>`}
  </div>`;
}

/** Instead of what is not there yet: that it is waited for, or why it did not come. Never that there is none. */
export const Awaited = ({ error, again }) => (error ? html`<${Trouble} error=${error} again=${again} />` : html`<p class="note">${t("loading")}</p>`);

export function Pill({ tone, icon, children, title }) {
  return html`<span class=${"pill " + (tone || "")} title=${title}>${icon && html`<span aria-hidden="true">${icon}</span>`}${children}</span>`;
}

export function When({ at, relative }) {
  return at ? html`<time class="nowrap" datetime=${at} title=${utc(at)}>${relative ? ago(at) : moment(at)}</time>` : html`–`;
}

export function Copy({ text, label }) {
  const [done, set] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      set(true);
      setTimeout(() => set(false), 1_500);
    } catch {
      set(null); // not allowed: the text is there to be marked
    }
  };
  return html`<button type="button" class="quiet" onClick=${copy}>${done ? t("copy.done") : done === null ? t("copy.cannot") : label || t("copy.copy")}</button>`;
}

export function Code({ text, label }) {
  return html`<div class="code"><pre tabindex="0" aria-label=${label || t("copy.code")}>${text}</pre><${Copy} text=${text} /></div>`;
}

/** Two or more choices of which one holds. */
export function Choice({ label, value, options, onChange }) {
  return html`<div class="choice" role="group" aria-label=${label}>
    ${options.map(
      ([name, words]) => html`<button type="button" aria-pressed=${String(name === value)} onClick=${() => onChange(name)}>${words}</button>`,
    )}
  </div>`;
}

/** A dialog over the page; Escape closes it. */
export function Dialog({ title, onClose, children, id }) {
  const box = useRef();
  useEffect(() => {
    const dialog = box.current;
    const before = document.activeElement;
    dialog.showModal();
    return () => {
      if (dialog.open) dialog.close();
      if (before && before.isConnected) before.focus();
    };
  }, []);
  return html`<dialog ref=${box} id=${id} aria-label=${title} onClose=${onClose} onCancel=${onClose}>
    <div class="card-head"><h2>${title}</h2><button type="button" class="quiet" onClick=${onClose} aria-label=${t("close")}>✕</button></div>
    ${children}
  </dialog>`;
}

/** A value that follows another after a pause. */
export function useSettled(value, millis) {
  const [settled, set] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => set(value), millis);
    return () => clearTimeout(timer);
  }, [value, millis]);
  return settled;
}
