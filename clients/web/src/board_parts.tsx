// What the live page and the wall draw alike.
import { t } from './board.messages';
import type { BoardRow, BoardState } from './board';
import { count, duration, stopwatch, sums } from './format';
import type { SilentSource } from './types';
import { Bar } from './ui/bar';
import { StateBadge, type Tone } from './ui/state_badge';

export const toneOf: Record<BoardState, Tone> = { broken: 'bad', 'at-risk': 'warn', 'on-time': 'good', paused: 'idle' };

export function BoardBadge({ state }: { state: BoardState }) {
  return <StateBadge tone={toneOf[state]}>{t(state)}</StateBadge>;
}

/** "2:05", "−0:12"; "paused" where no clock counts. */
export function leftText(row: BoardRow): string {
  return row.leftMs === undefined ? t('paused') : stopwatch(row.leftMs < 0 ? Math.floor(row.leftMs / 1000) * 1000 : row.leftMs);
}

/** How much of the limit is used up. */
export function LimitBar({ row }: { row: BoardRow }) {
  return <Bar part={row.limitMs > 0 ? row.countedMs / row.limitMs : row.state === 'broken' ? 1 : 0} tone={toneOf[row.state]} />;
}

/** "kiosk-2 silent for 6 min: 9 verdicts provisional, EUR 90.00 at stake". */
export function silentText(source: SilentSource, now: number): string {
  const age = source.silentSince ? Math.max(60_000, Math.floor((now - Date.parse(source.silentSince)) / 60_000) * 60_000) : undefined;
  const name = source.source ?? '';
  const who = age === undefined ? t('neverHeard', { source: name }) : t('silentFor', { source: name, age: duration(age) });
  const sum = sums(source.atStake, '');
  return `${who}: ${t('provisional', { count: count(source.heldVerdicts) })}${sum && `, ${t('stakeOn', { sum })}`}`;
}
