// Every write of the page: why, what a shell would do, then the act and what came of it.
import { html, useState } from "./lib.js";
import { t } from "./i18n.js";
import { call, curl } from "./api.js";
import { keepToken, token } from "./memory.js";
import { Code, Trouble } from "./ui.js";
import { refresh } from "./live.js";

/** Where the reason of a request stands. */
function complete(request, reason) {
  if (request.reasonIn === "header") return { ...request, headers: { ...request.headers, "X-Reason": reason } };
  if (request.reasonIn === "body") return { ...request, body: { ...request.body, reason } };
  return request;
}

/** Headers are bytes to a browser: words go as UTF-8, as a shell sends them. */
const asBytes = (text) => Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");

const send = ({ method, path, body, type, headers = {} }) =>
  call(method, path, { body, type, headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, asBytes(value)])) });

export function TokenField({ onDone }) {
  const [value, set] = useState("");
  const take = (event) => {
    event.preventDefault();
    keepToken(value.trim());
    onDone?.();
  };
  return html`<form class="row" onSubmit=${take}>
    <label class="grow">${t("token.label")}<input type="password" name="token" autocomplete="off" value=${value} onInput=${(e) => set(e.target.value)} required /></label>
    <button type="submit">${t("token.use")}</button>
  </form>`;
}

/**
 * A write that waits for somebody to press.
 * @param request {method, path, body, type, headers, reasonIn: header | body | none}
 * @param yaml what is written, as a document
 * @param onDone with the answer; onConflict with the problem of a 412
 */
export function Write({ id, request, label, yaml, tone, onDone, onConflict, disabled, children, suggestion }) {
  const [reason, setReason] = useState(suggestion || "");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(null);
  const [done, setDone] = useState(null);
  const why = request.reasonIn && request.reasonIn !== "none";
  const whole = complete(request, reason || t("write.why"));

  const act = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    setDone(null);
    let answer;
    try {
      answer = await send(complete(request, reason.trim()));
    } catch (problem) {
      setError(problem);
      if (problem.status === 412) onConflict?.(problem);
    }
    setBusy(false);
    // What goes wrong from here on did not hinder the write: who reads "no answer" would repeat it.
    if (!answer) return;
    setDone(true);
    refresh();
    onDone?.(answer.data, answer);
  };

  const needsToken = error && (error.status === 401 || (!token() && error.status === 403));
  return html`<form class="write" id=${id} onSubmit=${act}>
    ${children}
    <div class="row">
      ${why &&
      html`<label class="grow">${t("write.reason")}
        <input name="reason" value=${reason} onInput=${(e) => setReason(e.target.value)} maxlength="500" placeholder=${t("write.why")} required />
      </label>`}
      <button type="submit" class=${tone || "main"} disabled=${busy || disabled}>${busy ? t("write.busy") : label}</button>
    </div>
    ${done && html`<p class="done" role="status"><span aria-hidden="true">✓ </span>${t("write.done")}</p>`}
    <${Trouble} error=${error} />
    ${error?.body?.diff?.length > 0 && html`<${Differences} differences=${error.body.diff} />`}
  </form>
  ${needsToken && html`<div class="write"><p class="note">${t("token.needed")}</p><${TokenField} onDone=${() => setError(null)} /></div>`}
  <details class="same">
    <summary>${t("write.same")}</summary>
    <${Code} text=${curl(whole.method, whole.path, whole)} label="curl" />
    ${yaml && html`<${Code} text=${yaml} label="YAML" />`}
  </details>`;
}

const shown = (value) => (value === undefined ? "–" : JSON.stringify(value));

/** Where two documents differ. */
export function Differences({ differences, from, to }) {
  return html`<div class="scroll" tabindex="0" role="group" aria-label=${t("diff.title")}>
    <table class="diff" aria-label=${t("diff.title")}>
      <thead><tr><th scope="col">${t("diff.where")}</th><th scope="col">${from || t("diff.current")}</th><th scope="col">${to || t("diff.sent")}</th></tr></thead>
      <tbody>
        ${differences.map(
          (one) => html`<tr><th scope="row"><code>${one.pointer || "/"}</code></th><td class="was wrap"><code>${shown(one.current)}</code></td><td class="is wrap"><code>${shown(one.sent)}</code></td></tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
