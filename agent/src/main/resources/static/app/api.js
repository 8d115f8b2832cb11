// The public REST API of this origin, and nothing else.
import { token } from "./memory.js";

/** What the API answered instead (RFC 9457). */
export class Problem extends Error {
  constructor(status, body, etag) {
    super(body.detail || body.title || "HTTP " + status);
    this.status = status;
    this.body = body;
    this.etag = body.etag || etag;
  }
}

/** Nothing came back: no connection, one that broke, or none in time; or what answered is no sidecar. */
export class NoAnswer extends Error {
  constructor(cause, other) {
    super(cause.message, { cause });
    this.other = other;
  }
}

const TYPES = { yaml: "application/yaml", json: "application/json" };
const PATIENCE_MS = 20_000;
const WORDS_MAX = 200; // of what stands between and answers in its own words

async function exchange(path, request) {
  try {
    const answer = await fetch(path, request);
    return { answer, text: await answer.text() };
  } catch (error) {
    throw new NoAnswer(error);
  }
}

/**
 * One request.
 * @returns {{data, etag, status, headers}}
 */
export async function call(method, path, { body, type = "json", accept = "json", headers = {} } = {}) {
  const sent = { accept: TYPES[accept] + ", application/problem+json;q=0.5", ...headers };
  if (body !== undefined) sent["content-type"] = TYPES[type];
  if (token()) sent.authorization = "Bearer " + token();
  const { answer, text } = await exchange(path, {
    method,
    headers: sent,
    body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const form = answer.headers.get("content-type") || "";
  const isJson = form.includes("json");
  const read = () => {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new NoAnswer(error, "HTTP " + answer.status + ", " + form); // cut on its way
    }
  };
  if (!answer.ok) throw new Problem(answer.status, isJson && text ? read() : strange(answer.status, form, text), answer.headers.get("etag"));
  // A proxy's page to sign in, say, is no data.
  if (text && !isJson && !form.includes(accept)) throw new NoAnswer(new Error("not of the sidecar"), "HTTP " + answer.status + ", " + form);
  return { data: isJson && text ? read() : text, etag: answer.headers.get("etag"), status: answer.status, headers: answer.headers };
}

/** What stands between says so in a page of its own: of that only a line of text can be read. */
const strange = (status, form, text) => ({ title: "HTTP " + status + (form.startsWith("text/plain") && text ? ": " + text.slice(0, WORDS_MAX) : "") });

export const get = async (path) => (await call("GET", path)).data;

/** The same request for a shell. The token is never in it: it stays in its file. */
export function curl(method, path, { body, type = "json", headers = {} } = {}) {
  const quoted = (text) => "'" + text.replace(/'/g, "'\\''") + "'";
  const lines = ["curl -X " + method + " " + quoted(location.origin + path), '-H "Authorization: Bearer $(cat token)"'];
  for (const [name, value] of Object.entries(headers)) lines.push("-H " + quoted(name + ": " + value));
  if (body !== undefined) {
    lines.push("-H " + quoted("Content-Type: " + TYPES[type]));
    lines.push(type === "yaml" ? "--data-binary @policy.yaml" : "-d " + quoted(typeof body === "string" ? body : JSON.stringify(body)));
  }
  return lines.join(" \\\n  ");
}
