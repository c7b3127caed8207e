// One commitment as a bar from its start to its end: what was within the promise, what came after, and the instant in
// between at which it fell due.
import { scaleTime } from 'd3-scale';
import type { JSX } from 'preact';
import { Plot } from './plot';

interface Props {
  startedAt: number;
  dueAt: number | null;
  stoppedAt: number;
  isLate: boolean;
  time: (at: number) => string;
  dueText: string;
}

export function Stretch({startedAt, dueAt, stoppedAt, isLate, time, dueText}: Props): JSX.Element {
  const last = Math.max(stoppedAt, dueAt ?? stoppedAt);
  const draw = (width: number): JSX.Element => {
    const x = scaleTime([startedAt, Math.max(last, startedAt + 1)], [8, width - 8]);
    const isPast = isLate && dueAt !== null && stoppedAt > dueAt;
    const within = isPast ? dueAt : stoppedAt;
    const limit = dueAt === null ? null : x(dueAt);
    return (
      <>
        <rect x={x(startedAt)} y={26} width={Math.max(2, x(within) - x(startedAt))} height={18} class="fill-kept" />
        {isPast && <rect x={x(dueAt)} y={26} width={Math.max(2, x(stoppedAt) - x(dueAt))} height={18} class="fill-broken" />}
        <text class="axis-text" x={8} y={62}>{time(startedAt)}</text>
        <text class="axis-text" x={Math.max(60, x(stoppedAt))} y={62} text-anchor="end">{time(stoppedAt)}</text>
        {limit !== null && (
          <g class="limit">
            <line x1={limit} x2={limit} y1={18} y2={48} />
            <text x={limit} y={13} text-anchor={limit > width - 70 ? 'end' : limit < 70 ? 'start' : 'middle'}>{dueText}</text>
          </g>
        )}
      </>
    );
  };
  return <Plot height={68} draw={draw} />;
}
