// Branches beside each other: a dot for what was measured, a bar for what chance leaves possible, a line for all of
// them together. Where too few were counted there is a bar and no dot.
import { scaleLinear } from 'd3-scale';
import type { JSX } from 'preact';
import { Plot } from './plot';

export interface Interval {
  name: string;
  /** Of 1; null: nothing was measured. */
  rate: number | null;
  low: number;
  high: number;
  isTooFew: boolean;
  compared: 'above' | 'below' | 'same' | 'too few';
}

interface Props {
  rows: readonly Interval[];
  /** Of all together, of 1. */
  all: number | null;
  objective: number | null;
  percent: (share: number) => string;
}

const ROW = 26;
const TOP = 20;

export function Intervals({rows, all, objective, percent}: Props): JSX.Element {
  const lows = rows.filter((row) => !row.isTooFew).map((row) => row.low);
  const from = Math.max(0, Math.floor(Math.min(0.9, ...lows) * 10) / 10);
  const height = TOP + rows.length * ROW + 4;
  const draw = (width: number): JSX.Element => {
    const left = Math.min(width * 0.36, 10 + 7.2 * Math.max(...rows.map((row) => row.name.length)));
    const x = scaleLinear([from, 1], [left, width - 24]).clamp(true);
    const letters = Math.max(4, Math.floor(left / 7.4));
    return (
      <>
        {x.ticks(width < 420 ? 3 : 5).map((tick) => (
          <g key={tick} class="axis">
            <line class="grid" x1={x(tick)} x2={x(tick)} y1={TOP - 2} y2={height} />
            <text x={x(tick)} y={12} text-anchor="middle">{percent(tick)}</text>
          </g>
        ))}
        {objective !== null && <line class="limit-line" x1={x(objective)} x2={x(objective)} y1={TOP - 4} y2={height} />}
        {all !== null && <line class="even" x1={x(all)} x2={x(all)} y1={TOP - 2} y2={height} />}
        {rows.map((row, i) => {
          const y = TOP + i * ROW + ROW / 2;
          return (
            <g key={row.name} class={`interval interval-${row.compared.replace(' ', '-')}`}>
              <text x={left - 8} y={y + 4} text-anchor="end" class="axis-text">{row.name.length > letters ? `${row.name.slice(0, letters - 1)}…` : row.name}</text>
              <line x1={x(row.low)} x2={x(row.high)} y1={y} y2={y} />
              {!row.isTooFew && row.rate !== null && <circle cx={x(row.rate)} cy={y} r={5} />}
            </g>
          );
        })}
      </>
    );
  };
  return rows.length === 0 ? <></> : <Plot height={height} draw={draw} />;
}
