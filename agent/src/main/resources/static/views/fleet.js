// The sidecars that share what they keep and spend.
import { html } from "../app/lib.js";
import { t } from "../app/i18n.js";
import { useLive } from "../app/live.js";
import { Awaited, Bar, Card, Empty, Figure, Pill, Table } from "../app/ui.js";
import { English } from "../app/said.js";
import { bytes, count, decimal, duration, money, percent } from "../app/format.js";

const SILENT_SECONDS = 15;
const configuration = (member) => member.policy + " " + member.price;

/** An older sidecar, or another system, does not say. */
const known = (value, words) => (typeof value === "number" ? words(value) : html`<span class="note">${t("outcome.unknown")}</span>`);

export function Fleet() {
  const { data: fleet, error, again } = useLive("/api/v1/fleet");
  const { data: spend } = useLive(fleet?.configured ? "/api/v1/spend" : null);
  if (!fleet) return html`<${Awaited} error=${error} again=${again} />`;
  if (!fleet.configured) return html`<${Empty} what=${t("fleet.none")} how=${t("fleet.how")} command=${"fleet:\n  url: redis://valkey:6379"} />`;
  const { here, members, edges } = fleet;
  const self = members.find((one) => one.pod === here.pod);
  const differs = (one) => self && configuration(one) !== configuration(self);
  const cost = (one) => (typeof one.spent === "number" ? one.spent : (one.kept * (one.pricePerGigabyte ?? spend?.pricePerGigabyte ?? 0)) / 1e9);
  const torn = [...edges].sort((a, b) => a.wholeShare - b.wholeShare);
  return html`<div class="grid">
    <div class="figures">
      <${Figure} id="fleet-engine" label=${t("fleet.engine")} value=${here.away ? t("fleet.away") : t("fleet.there")} tone=${here.away ? "alarm" : "good"} note=${here.away ? html`${t("fleet.awayText", { time: duration(here.awaySeconds) })} <${English} text=${here.lastError} />` : here.engine + " · " + decimal(here.latencyMillis) + " ms"} />
      <${Figure} id="fleet-pods" label=${t("fleet.pods")} value=${here.podsKnown ? count(here.pods) : "–"} note=${here.fleet} />
      <${Figure} id="fleet-whole" label=${t("fleet.whole")} value=${here.wholeness.tornNow === null || here.wholeness.tornNow === undefined ? "–" : percent(1 - here.wholeness.tornNow)} note=${here.wholeness.tornWithoutEngine === null || here.wholeness.tornWithoutEngine === undefined ? t("fleet.notYet") : t("fleet.without", { part: percent(1 - here.wholeness.tornWithoutEngine) })} />
      <${Figure} id="fleet-spent" label=${t("fleet.spent")} value=${fleet.total && spend ? money(cost(fleet.total), spend.currency) : "–"} note=${fleet.total ? t("fleet.keptOf", { kept: bytes(fleet.total.kept), all: bytes(fleet.total.bytes) }) : ""} />
    </div>
    <${Card} id="members" title=${t("fleet.members")} wide=${true}>
      <${Table}
        label=${t("fleet.members")}
        rows=${[...members].sort((a, b) => Number(differs(b)) - Number(differs(a)) || b.spans - a.spans)}
        keyOf=${(row) => row.pod}
        empty=${fleet.membersUnknown ? html`<${English} text=${fleet.membersUnknown} />` : t("fleet.nobody")}
        columns=${[
          { label: t("fleet.pod"), cell: (row) => html`${row.pod} ${row.pod === here.pod && html`<${Pill}>${t("fleet.this")}<//>`} ${row.secondsAgo > SILENT_SECONDS && html`<${Pill} tone="warn" icon="◌">${t("fleet.silent", { time: duration(row.secondsAgo) })}<//>`}` },
          { label: t("fleet.version"), cell: (row) => row.version },
          { label: t("fleet.policy"), cell: (row) => (differs(row) ? html`<${Pill} tone="alarm" icon="✗">${row.policy.slice(0, 8)} ${t("fleet.differs")}<//>` : html`<code>${row.policy.slice(0, 8)}</code>`) },
          { label: t("fleet.memory"), num: true, cell: (row) => known(row.residentBytes, bytes) },
          { label: t("fleet.processors"), num: true, cell: (row) => known(row.processors, (n) => decimal(n, 2)) },
          { label: t("fleet.in"), num: true, cell: (row) => count(row.spans) },
          { label: t("kept"), num: true, cell: (row) => bytes(row.kept) + (row.bytes > 0 ? " · " + percent(row.kept, row.bytes) : "") },
          { label: t("burn.spent"), num: true, cell: (row) => (spend ? money(cost(row), spend.currency) : "–") },
        ]}
      />
    <//>
    <${Card} id="edges" title=${t("fleet.edges")} wide=${true}>
      <${Table}
        label=${t("fleet.edges")}
        rows=${torn}
        empty=${t("fleet.noEdges")}
        keyOf=${(row) => row.from + ">" + row.to}
        columns=${[
          { label: t("fleet.call"), cell: (row) => row.from + " → " + row.to },
          { label: t("fleet.looked"), num: true, cell: (row) => count(row.whole + row.torn) },
          { label: t("fleet.whole"), num: true, cell: (row) => percent(row.whole, row.whole + row.torn) },
          { label: "", hint: t("share"), cell: (row) => html`<${Bar} part=${row.whole} all=${row.whole + row.torn} tone="kept" />` },
        ]}
      />
    <//>
  </div>`;
}
