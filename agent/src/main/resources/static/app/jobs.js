// Questions about the recorded traffic: asked, waited for, given up.
import { call, Problem } from "./api.js";

const LOOK_MS = 250;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Asks and waits.
 * @param progress told how far it is, from 0 to 1
 * @param wanted says whether anybody still waits; the job is cancelled when nobody does
 */
export async function ask(path, { body, type = "json" }, progress, wanted = () => true) {
  const answer = await call("POST", path, { body, type, headers: { Prefer: "respond-async" } });
  if (answer.status !== 202) return answer.data;
  let job = answer.data;
  const place = "/api/v1/jobs/" + encodeURIComponent(job.id);
  while (job.state === "waiting" || job.state === "running") {
    progress?.(job.progress);
    await pause(LOOK_MS);
    if (!wanted()) {
      // Without a token it runs to its end; that is bounded, too.
      await call("DELETE", place, { headers: { "If-Match": "*" } }).catch(() => {});
      return null;
    }
    job = (await call("GET", place)).data;
  }
  if (job.state !== "done") throw new Problem(job.problem?.status || 500, job.problem || { title: job.state });
  return job.result;
}
