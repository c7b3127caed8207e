// Whether what is on the page is what is so now. A page that shows the present registers here and tells each sign of
// life; the layout dims it and says so once none has come for twelve seconds.
import { computed, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { monotonicNow, startTicking } from './clock';

/** After so long without a sign of life nothing looks live any more. */
export const kStaleMs = 12_000;

const livePages = signal(0);
const heardAt = signal(performance.now());

/** A sign of life came from the server. */
export function heard(): void {
  heardAt.value = performance.now();
}

/** How old what is shown is, in milliseconds; undefined while it is fresh, or shows no present. */
export const staleMs = computed(() => {
  const age = monotonicNow.value - heardAt.value;
  return livePages.value > 0 && age > kStaleMs ? age : undefined;
});

/** The age as the warning says it: it grows in steps, since what changes each second is read out each second. */
export function warnedAge(ageMs: number): number {
  return Math.max(kStaleMs, Math.floor(ageMs / 5000) * 5000);
}

/** The page that calls it shows the present for as long as it is open. */
export function useLive(isLive = true): void {
  useEffect(() => {
    if (!isLive) return undefined;
    heard();
    livePages.value++;
    const stop = startTicking();
    return () => {
      livePages.value--;
      stop();
    };
  }, [isLive]);
}
