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

/** Nothing came back: no connection, one that broke, or none in time. */
export class NoAnswer extends Error {
  constructor(cause) {
    super(cause.message, { cause });
  }
}

const TYPES = { yaml: "application/yaml", json: "application/json" };
const PATIENCE_MS = 20_000;

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
  const isJson = (answer.headers.get("content-type") || "").includes("json");
  if (!answer.ok) throw new Problem(answer.status, isJson && text ? JSON.parse(text) : { title: text }, answer.headers.get("etag"));
  return { data: isJson && text ? JSON.parse(text) : text, etag: answer.headers.get("etag"), status: answer.status, headers: answer.headers };
}

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
