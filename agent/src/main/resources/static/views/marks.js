// Who changed what: a mark on every chart over time.
import { useMemo } from "../app/lib.js";
import { word } from "../app/i18n.js";
import { useLive } from "../app/live.js";

export function useMarks() {
  const { data } = useLive("/api/v1/audit?limit=20");
  return useMemo(
    () => (data?.entries || []).map((one) => ({ at: Date.parse(one.at) / 1000, text: word("action.", one.action) + (one.reason ? ": " + one.reason : "") })),
    [data],
  );
}
