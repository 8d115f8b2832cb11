// A policy document as text: one rule a line where it fits. Reading YAML is the server's work.
const PLAIN = /^[A-Za-z/_][\w/.\- ]*[\w/]$|^[A-Za-z]$/;
const WORDS = /^(true|false|null|yes|no|on|off|y|n|~)$/i;

const scalar = (value) => (typeof value === "string" && !(PLAIN.test(value) && !WORDS.test(value)) ? JSON.stringify(value) : String(value));

function flow(value) {
  if (Array.isArray(value)) return "[" + value.map(flow).join(", ") + "]";
  if (value && typeof value === "object") return "{" + Object.entries(value).map(([key, one]) => scalar(key) + ": " + flow(one)).join(", ") + "}";
  return scalar(value);
}

/** What a person reads first comes first. */
const ORDER = ["name", "match"];
function ordered(rule) {
  const rest = Object.keys(rule).filter((key) => !ORDER.includes(key));
  return Object.fromEntries([...ORDER, ...rest].filter((key) => key in rule).map((key) => [key, rule[key]]));
}

/** A policy document; rules as {…}, one a line. */
export function policyYaml(document) {
  const { policies = [], default: fallback, ...others } = document;
  const lines = policies.length === 0 ? ["policies: []"] : ["policies:", ...policies.map((one) => "  - " + flow(ordered(one)))];
  if (fallback !== undefined) lines.push("default: " + flow(fallback));
  for (const [key, value] of Object.entries(others)) lines.push(scalar(key) + ": " + flow(value));
  return lines.join("\n") + "\n";
}

export const inline = flow;
