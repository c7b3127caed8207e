// The server's clock in the browser: the newest instant it told, plus what a monotonic clock has counted since. The
// browser's own time of day is never asked.
import { computed, signal } from '@preact/signals';
import type { Instant } from './types';

const offset = signal<number | undefined>(undefined);
const tick = signal(performance.now());
let looking = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** The server said that it is `asOf` now. */
export function setServerClock(asOf: Instant | undefined): void {
  if (asOf) offset.value = Date.parse(asOf) - performance.now();
}

/** Milliseconds since 1970 by the server's clock, at the last tick; undefined before it told any. */
export const serverNow = computed(() => offset.value === undefined ? undefined : Math.max(tick.value, performance.now()) + offset.value);

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
