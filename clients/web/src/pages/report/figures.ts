// A report as the charts want it: numbers instead of the wire's text. Pure.
import { minorUnits, runningSums, type Bucket } from '../../charts/bins';
import type { HeatCell } from '../../charts/heat';
import type { Interval } from '../../charts/intervals';
import { count } from '../../format';
import type { Money, Report, SummaryRow } from '../../types';

export function bucketsOf(report: Report): Bucket[] {
  return (report.waits ?? []).map((bucket) => ({
    fromMs: count(bucket.fromMs), untilMs: count(bucket.untilMs), kept: count(bucket.keptCount), breached: count(bucket.breachedCount),
  }));
}

export function cellsOf(report: Report): HeatCell[] {
  return (report.heat ?? []).map((row) => ({
    weekday: Number(row.keys?.[0] ?? 0), hour: Number(row.keys?.[1] ?? 0), kept: count(row.keptCount), breached: count(row.breachedCount),
  })).filter((cell) => cell.weekday >= 1 && cell.weekday <= 7 && cell.kept + cell.breached > 0);
}

/** The cell with most breaches; undefined where nothing broke. */
export function worstCell(cells: readonly HeatCell[]): HeatCell | undefined {
  return cells.reduce<HeatCell | undefined>((worst, cell) => (cell.breached > (worst?.breached ?? 0) ? cell : worst), undefined);
}

/** Days of the report up to the last one that anything happened on, so that a running month does not look finished. */
export function daysOf(report: Report): SummaryRow[] {
  const days = report.days ?? [];
  let end = days.length;
  while (end > 0 && count(days[end - 1]?.commitmentsCount) === 0) end--;
  return days.slice(0, end);
}

/** What the objective still allows at the end of each day. */
export function allowedLeft(allowed: number, days: readonly SummaryRow[]): number[] {
  return runningSums(days.map((day) => count(day.breachedCount))).map((broken) => allowed - broken);
}

function inCurrency(all: readonly Money[] | undefined, currency: string): Money | undefined {
  return (all ?? []).find((sum) => sum.currency === currency);
}

export interface Cost {
  currency: string;
  decimals: number;
  /** Minor units at the end of each day. */
  running: number[];
  /** Minor units; null: none is set. */
  budget: number | null;
}

/** The cost of the budget's currency, else of the first that is owed; null where nothing is owed or set. */
export function costOf(report: Report, days: readonly SummaryRow[]): Cost | null {
  const currency = report.budget?.currency ?? report.total?.owed?.[0]?.currency;
  if (!currency) return null;
  const amounts = days.map((day) => minorUnits(inCurrency(day.owed, currency)?.amount ?? '0'));
  const budget = report.budget?.amount === undefined ? null : minorUnits(report.budget.amount);
  const decimals = Math.max(budget?.decimals ?? 0, ...amounts.map((one) => one.decimals),
                            minorUnits(inCurrency(report.total?.owed, currency)?.amount ?? '0').decimals);
  const scale = (one: { units: number; decimals: number }) => one.units * 10 ** (decimals - one.decimals);
  return { currency, decimals, running: runningSums(amounts.map(scale)), budget: budget && scale(budget) };
}

export function intervalsOf(report: Report): Interval[] {
  return (report.branches ?? []).map((branch) => ({
    name: branch.row?.keys?.[0] ?? '',
    rate: branch.keptPpm === undefined ? null : count(branch.keptPpm) / 1_000_000,
    low: count(branch.lowPpm) / 1_000_000,
    high: count(branch.highPpm) / 1_000_000,
    isTooFew: branch.compared === undefined || branch.compared === 'too few',
    compared: branch.compared ?? 'too few',
  }));
}
