// Which list the address asks for, as the server and a terminal are asked.
import type { Params } from '../../api';

export interface Asked {
  filter: string;
  order: string;
  all: boolean;
  branch: string;
  promise: string;
  /** Days, both inclusive, "2026-01-05"; '' where open. */
  from: string;
  until: string;
}

export function askedOf(query: URLSearchParams): Asked {
  const text = (name: string) => query.get(name) ?? '';
  return {
    filter: text('filter'), order: text('order'), all: text('all') === '1', branch: text('branch'), promise: text('promise'),
    from: text('from'), until: text('until'),
  };
}

/** The instant at which a day begins here, `later` days on; '' where it is none. */
export function dayBegin(day: string, later = 0): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (!match) return '';
  const at = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + later);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
}

export function paramsOf(asked: Asked, pageSize: number, pageToken = ''): Params {
  return {
    filter: asked.filter, orderBy: asked.order, allVerdicts: asked.all, branch: asked.branch, promise: asked.promise,
    from: dayBegin(asked.from), until: dayBegin(asked.until, 1), pageSize, pageToken,
  };
}

/** The words of the command that prints the same list. */
export function commandOf(asked: Asked): string[] {
  const flags = ([['--branch', asked.branch], ['--promise', asked.promise], ['--from', dayBegin(asked.from)], ['--until', dayBegin(asked.until, 1)],
                  ['--filter', asked.filter], ['--order-by', asked.order]] as const).filter(([, value]) => value !== '');
  return ['lupaus', 'breaches', 'list', ...(asked.all ? ['--all-verdicts'] : []), ...flags.flat()];
}
