// The libraries, under one roof: nothing else knows where they lie.
import { h, render, Fragment } from "../vendor/preact.js";
import { useState, useEffect, useRef, useMemo, useCallback } from "../vendor/hooks.js";
import htm from "../vendor/htm.js";

export { h, render, Fragment, useState, useEffect, useRef, useMemo, useCallback };
export const html = htm.bind(h);
/** A plain script, because its small build is no module. */
export const uPlot = globalThis.uPlot;
