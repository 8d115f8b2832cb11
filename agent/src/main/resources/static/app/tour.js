// With the demo: three things to try, one after the other, and gone for good once closed.
import { html, useEffect, useState } from "./lib.js";
import { t } from "./i18n.js";
import { href } from "./router.js";
import { recall, remember } from "./memory.js";
import { get } from "./api.js";
import { useLive } from "./live.js";
import { isDemo } from "./banners.js";
import { Code, Trouble } from "./ui.js";

const FIRST_SECONDS = 30;
const EACH_SECONDS = 10;
const STEPS = 3;

// Of the demo itself (Shop.SERVICES; a test compares): spans of any other service are the reader's own.
const OURS = ["frontend", "checkout", "cart", "payment", "ledger", "catalog", "currency", "recommendation", "ad", "shipping", "quote", "email"];
const LOOK_MS = 2_000;

/** A green dot when spans of others arrive, with their first operation. */
function Arrived() {
  const { data, error } = useLive("/api/v1/operations?sort=spans&limit=1000", LOOK_MS);
  const own = (data?.operations || []).filter((row) => !OURS.includes(row.service));
  return html`${error && html`<${Trouble} error=${error} />`}<p id="tour-dot" class=${own.length > 0 ? "good" : "note"} role="status"><span aria-hidden="true">${own.length > 0 ? "●" : "○"} </span>
    ${own.length > 0 ? html`${t("tour.arrived", { service: own[0].service })} <a href=${href("operation", [own[0].service, own[0].operation])}>${own[0].operation}</a>` : t("tour.waiting")}</p>`;
}

/** Where it listens in truth: the demo may have moved, and its OTLP is plain whatever stands before this page. */
const endpoint = (status) => "http:" + "//" + location.hostname + ":" + (status.ports.find((one) => one.port === "HTTP")?.number || 4318);
const snippet = (status) => ["export OTEL_EXPORTER_OTLP_ENDPOINT=" + endpoint(status), "export OTEL_SERVICE_NAME=my-app", "# or from a Collector:", "exporters: {otlphttp: {endpoint: " + endpoint(status) + "}}", "# or in a cluster, in shadow: nothing is dropped until you say so", "helm install spanthrift ./helm/spanthrift --set mode=cluster --set destination.endpoint=https://otlp.example.com:4318", "kubectl label ns my-namespace spanthrift.dev/injection=enabled"].join("\n");

async function aDroppedTrace() {
  const answer = await get("/api/v1/decisions?outcome=dropped&limit=1");
  return answer.decisions[0]?.traceId;
}

/** Which mark is due: by the demo's age, or when the reader goes on by hand. */
export function Tour({ status }) {
  const [closed, close] = useState(recall("tour") === "done");
  const [ahead, setAhead] = useState(0);
  const demo = isDemo(status);
  const age = demo ? (Date.parse(status.now) - Date.parse(status.started)) / 1000 : 0;
  const due = Math.min(STEPS, Math.max(ahead, age < FIRST_SECONDS ? 0 : 1 + Math.floor((age - FIRST_SECONDS) / EACH_SECONDS)));
  const [shown, show] = useState(0);
  // Each mark stays until the reader goes on: a later one does not push it away.
  useEffect(() => {
    if (due > 0 && shown === 0) show(1);
  }, [due]);
  const [trace, setTrace] = useState("");
  useEffect(() => {
    if (shown === 1 && !closed) aDroppedTrace().then(setTrace, () => setTrace(""));
  }, [shown, closed]);
  if (!demo || closed || shown === 0) return null;

  const end = () => {
    remember("tour", "done");
    close(true);
  };
  const next = () => {
    setAhead(shown + 1);
    if (shown >= STEPS) end();
    else show(shown + 1);
  };
  return html`<aside class="tour" id="tour" aria-label=${t("tour.title")}>
    <p class="note">${t("tour.step", { step: shown, steps: STEPS })}</p>
    <p><b>${t("tour." + shown)}</b></p>
    <p>${t("tour." + shown + ".text")}</p>
    ${shown === 1 && trace && html`<p><a id="tour-explain" class="button" href=${href("explain", [trace])}>${t("tour.1.go")}</a></p>`}
    ${shown === 2 && html`<p><a id="tour-whatif" class="button" href=${href("whatif")}>${t("tour.2.go")}</a></p>`}
    ${shown === 3 && html`<${Code} text=${snippet(status)} /><${Arrived} />`}
    <div class="row">
      <button type="button" id="tour-next" onClick=${next}>${shown === STEPS ? t("tour.done") : t("tour.next")}</button>
      ${shown < STEPS && html`<button type="button" class="quiet" id="tour-end" onClick=${end}>${t("tour.end")}</button>`}
    </div>
  </aside>`;
}
