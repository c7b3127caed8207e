// The server's clock in the browser: the newest instant it told, plus what a monotonic clock has counted since. The
// browser's own time of day is never asked. A simulated day goes by faster than ours: then its pace is kept up with.
import { computed, signal } from '@preact/signals';
import type { Instant } from './types';

interface Told { at: number; instant: number; pace: number }

/** Below it a difference is the network's; a simulated day is many times as fast. */
const kPaceMin = 1.5;
const kPaceMeasuredMs = 1000;

const told = signal<Told | undefined>(undefined);
const tick = signal(performance.now());
let measuredFrom: Told | undefined;
let looking = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** The server said that it is `asOf` now; `at` is that of the monotonic clock. */
export function setServerClock(asOf: Instant | undefined, at = performance.now()): void {
  if (!asOf) return;
  const instant = Date.parse(asOf);
  let pace = told.peek()?.pace ?? 1;
  const passed = at - (measuredFrom?.at ?? at);
  if (measuredFrom && passed >= kPaceMeasuredMs) {
    const measured = (instant - measuredFrom.instant) / passed;
    pace = measured > kPaceMin ? measured : 1;
  }
  told.value = { at, instant, pace };
  if (!measuredFrom || passed >= kPaceMeasuredMs) measuredFrom = told.value;
}

/** By the server's clock, milliseconds since 1970, when the monotonic one says `at`. */
export function serverTimeAt(at: number): number | undefined {
  return told.value && told.value.instant + Math.max(0, at - told.value.at) * told.value.pace;
}

/** Milliseconds since 1970 by the server's clock, at the last tick; undefined before it told any. */
export const serverNow = computed(() => serverTimeAt(Math.max(tick.value, performance.now())));

/** `serverNow` to the second: what reads it is drawn once a second. */
export const serverSecond = computed(() => serverNow.value === undefined ? undefined : Math.floor(serverNow.value / 1000) * 1000);

/** The monotonic clock at the last tick, milliseconds. */
export const monotonicNow = computed(() => tick.value);

/** Lets the clock tick (four times a second) until what it returns is called. */
export function startTicking(): () => void {
  if (looking++ === 0) timer = setInterval(() => tick.value = performance.now(), 250);
  return () => {
    if (--looking === 0) clearInterval(timer);
  };
}
