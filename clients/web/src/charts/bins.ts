// The arithmetic under the charts: sums, steps and bins of a report's figures. Pure; no drawing and no words. Counts
// are whole numbers; money is counted in minor units of its currency.

export interface Bucket {
  fromMs: number;
  untilMs: number;
  kept: number;
  breached: number;
}

/** A bar of the histogram; the last one has no end when `open`. */
export interface Bin extends Bucket {
  open: boolean;
}

/** Width of bars: whole buckets of `stepMs`, so many that at most `barsMax` reach `lastMs` and the limit lies between two. */
export function barWidth(stepMs: number, limitMs: number | null, lastMs: number, barsMax: number): number {
  const least = Math.max(1, Math.ceil(lastMs / barsMax / stepMs));
  for (let times = least; times < least * 4; times++) {
    if (limitMs === null || limitMs % (times * stepMs) === 0) return times * stepMs;
  }
  return stepMs;
}

/**
 * Regroups buckets into bars of one width. A bucket goes, whole, where its middle lies, so that sums stay what they
 * were. What lies beyond `lastMs` is gathered in a last bar without an end.
 */
export function regroup(buckets: readonly Bucket[], widthMs: number, lastMs: number): Bin[] {
  const count = Math.max(1, Math.ceil(lastMs / widthMs));
  const bins: Bin[] = Array.from({length: count}, (_, i) => ({
    fromMs: i * widthMs, untilMs: (i + 1) * widthMs, kept: 0, breached: 0, open: false,
  }));
  const beyond: Bin = {fromMs: count * widthMs, untilMs: count * widthMs, kept: 0, breached: 0, open: true};
  for (const bucket of buckets) {
    const at = Math.floor((bucket.fromMs + bucket.untilMs) / 2 / widthMs);
    const bin = bins[at] ?? beyond;
    bin.kept += bucket.kept;
    bin.breached += bucket.breached;
    if (bin === beyond) bin.untilMs = Math.max(bin.untilMs, bucket.untilMs);
  }
  if (beyond.kept + beyond.breached > 0) bins.push(beyond);
  return bins;
}

/** Up to where waits are drawn one by one: all but the last hundredth, and never less than twice the limit of few. */
export function drawnUntil(buckets: readonly Bucket[], limitMs: number | null): number {
  const total = buckets.reduce((sum, bucket) => sum + bucket.kept + bucket.breached, 0);
  let seen = 0;
  let last = 0;
  for (const bucket of buckets) {
    seen += bucket.kept + bucket.breached;
    last = bucket.untilMs;
    if (seen >= total * 0.99) break;
  }
  const longest = buckets.reduce((most, bucket) => (bucket.kept + bucket.breached > 0 ? bucket.untilMs : most), 0);
  if (limitMs === null) return Math.max(1, last);
  // WHY: bars stop where almost everybody has been served, but the line of the promise is always in sight.
  return Math.max(limitMs * 1.2, Math.min(last, longest, limitMs * 6));
}

/** Running sums: as many as there are values. */
export function runningSums(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => (sum += value));
}

/** Minor units and decimals of "10.00"; text that is no amount counts as nothing. */
export function minorUnits(amount: string): {units: number; decimals: number} {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount);
  if (match === null) return {units: 0, decimals: 0};
  const decimals = match[3]?.length ?? 0;
  const units = Number((match[2] ?? '') + (match[3] ?? ''));
  return {units: match[1] === '-' ? -units : units, decimals};
}

/** "12.50" of 1250 and 2. */
export function amountText(units: number, decimals: number): string {
  const digits = String(Math.abs(Math.round(units))).padStart(decimals + 1, '0');
  const sign = units < 0 ? '-' : '';
  return decimals === 0 ? sign + digits : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** Which of `steps` shades a share from 0 to 1 has; 0 is kept for none at all. */
export function shade(share: number, steps: number): number {
  if (share <= 0) return 0;
  return Math.min(steps - 1, 1 + Math.floor(share * (steps - 1) * 0.9999));
}
