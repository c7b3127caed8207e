// Which variants are asked for, and what came of them. Pure. Limits are whole seconds, sums are minor units.
import { count, minorUnits } from '../../format';
import type { BacktestCell, BacktestGrid, PublishedPromise } from '../../types';

/** So many fit on a page and are judged in seconds. */
export const kVariantsMax = 400;

export interface Range { from: number; to: number; step: number }

/** How many values a range has; 0 where it is none. */
export function sizeOf(range: Range): number {
  const isRange = [range.from, range.to, range.step].every((n) => Number.isFinite(n) && n > 0) && range.to >= range.from;
  return isRange ? Math.floor((range.to - range.from) / range.step + 1e-9) + 1 : 0;
}

/** Milliseconds of "15m", "1h30m", "90s"; undefined where it is no plain length. */
export function lengthOf(text: string | undefined): number | undefined {
  if (!text || !/^(\d+(?:\.\d+)?(?:ms|[hms]))+$/.test(text)) return undefined;
  const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[hms])/g)].reduce((sum, [, n, unit]) => sum + Number(n) * (units[unit ?? ''] ?? 0), 0);
}

/** The first sum that a promise pays: {currency: "EUR", amount: "10.00"}. */
export function firstSum(promise: PublishedPromise | undefined): { currency: string; amount: string } | undefined {
  for (const tier of promise?.tiers ?? []) {
    const match = /\b([A-Z]{3}) (\d+(?:\.\d+)?)/.exec(tier);
    if (match) return { currency: match[1] ?? '', amount: match[2] ?? '' };
  }
  return undefined;
}

/** What a promise's limits are counted in: seconds where it is short or no whole minute. */
export type Unit = 'm' | 's';

export function unitOf(promise: PublishedPromise | undefined): Unit {
  const ms = lengthOf(promise?.within) ?? 0;
  return ms < 120_000 || ms % 60_000 !== 0 ? 's' : 'm';
}

/** Ranges around what is promised today; limits in their unit. */
export function usualRanges(promise: PublishedPromise | undefined): { limits: Range | undefined; sums: Range | undefined } {
  const isSeconds = unitOf(promise) === 's';
  const limit = (lengthOf(promise?.within) ?? 0) / (isSeconds ? 1000 : 60_000);
  const sum = Number(firstSum(promise)?.amount ?? 0);
  const around = (now: number, steps: number): Range | undefined => {
    if (now <= 0) return undefined;
    const step = Math.max(1, Math.round(now / steps));
    return { from: Math.max(now % step || step, now - 5 * step), to: now + 5 * step, step };
  };
  const limits = around(limit, isSeconds ? 6 : 15);
  const sums = around(sum, 2);
  return { limits, sums: sums && { ...sums, to: sums.from + 3 * sums.step } };
}

/** "10m", "90s": a length as promise files write it. */
const lengthText = (n: number, unit: Unit) => (unit === 's' ? `${Math.round(n)}s` : Number.isInteger(n) ? `${n}m` : `${Math.round(n * 60)}s`);

export function sweepsOf(limits: Range | undefined, sums: Range | undefined, unit: Unit): string[] {
  const text = (n: number) => lengthText(n, unit);
  return [...(limits ? [`within=${text(limits.from)}..${text(limits.to)}/${text(limits.step)}`] : []), ...(sums ? [`pay=${sums.from}..${sums.to}/${sums.step}`] : [])];
}

/** A grid by rows (limits) and columns (sums). */
export interface Grid { limits: string[]; sums: string[]; cells: BacktestCell[][] }

export function gridOf(answer: BacktestGrid): Grid {
  const cells = answer.cells ?? [];
  const isLimit = (axis: string | undefined) => axis?.startsWith('within') ?? false;
  const at = { limit: (answer.axes ?? []).findIndex(isLimit), sum: (answer.axes ?? []).findIndex((axis) => !isLimit(axis)) };
  const valueOf = (cell: BacktestCell, i: number) => (i < 0 ? '' : cell.values?.[i] ?? '');
  const limits = [...new Set(cells.map((cell) => valueOf(cell, at.limit)))];
  const sums = [...new Set(cells.map((cell) => valueOf(cell, at.sum)))];
  const found = new Map(cells.map((cell) => [`${valueOf(cell, at.limit)}|${valueOf(cell, at.sum)}`, cell]));
  return { limits, sums, cells: limits.map((limit) => sums.map((sum) => found.get(`${limit}|${sum}`) ?? {})) };
}

/** What a cell costs, in minor units of its first currency, for its colour. */
export function costOf(cell: BacktestCell): number {
  return Number(minorUnits(cell.owed?.[0]?.amount));
}

export function keptPpm(cell: BacktestCell): number | undefined {
  const judged = count(cell.keptCount) + count(cell.breachedCount);
  return judged > 0 ? Math.floor(count(cell.keptCount) * 1_000_000 / judged) : undefined;
}

/** Where what is promised today lies; -1 where it is not in the grid. */
export function todayOf(grid: Grid, promise: PublishedPromise | undefined): { row: number; column: number } {
  const today = lengthOf(promise?.within);
  const sum = firstSum(promise);
  const row = grid.limits.length === 1 && grid.limits[0] === '' ? 0 : grid.limits.findIndex((limit) => today !== undefined && lengthOf(limit) === today);
  const column = grid.sums.length === 1 && grid.sums[0] === '' ? 0
    : grid.sums.findIndex((text) => sum !== undefined && text.split(' ')[0] === sum.currency && Number(text.split(' ')[1]) === Number(sum.amount));
  return { row, column };
}
