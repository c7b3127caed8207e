// Where a figure of the report leads: the list of exactly those commitments that were counted in it.
import type { Report } from '../../types';

export interface Which {
  filter?: string;
  /** Kept and other ones too. */
  all?: boolean;
  /** Local days, inclusive; the report's own where absent. */
  firstDay?: string;
  lastDay?: string;
  branch?: string;
  order?: string;
}

/** The address of the page of breaches that shows them. */
export function breachesHref(report: Report, which: Which = {}): string {
  const query = new URLSearchParams();
  const put = (name: string, value: string | undefined) => {
    if (value) query.set(name, value);
  };
  put('promise', report.promise);
  put('branch', which.branch ?? report.branch);
  put('from', which.firstDay ?? report.firstDay);
  put('until', which.lastDay ?? report.lastDay);
  put('filter', which.filter);
  put('order', which.order);
  if (which.all) query.set('all', '1');
  return `/breaches?${query.toString()}`;
}

/** `late` and `counted` are lengths in CEL: "900s", "900.5s". */
export function celLength(ms: number): string {
  return `duration("${ms / 1000}s")`;
}

export const broken = 'verdict == "breached"';

/** Hour and weekday of the start, local to the branch. */
export function atHour(weekday: number, hour: number): string {
  return `${broken} && weekday == ${weekday} && hour == ${hour}`;
}

/** Waits in [from, until). */
export function waitedBetween(fromMs: number, untilMs: number | null): string {
  const end = untilMs === null ? '' : ` && counted < ${celLength(untilMs)}`;
  return `verdict in ["kept", "breached"] && counted >= ${celLength(fromMs)}${end}`;
}
