// Hour by weekday: the stronger a colour, the larger the share that was broken; each cell says how many. Lies down where there is
// room for all hours side by side, and stands up on a narrow screen.
import { scaleBand } from 'd3-scale';
import type { JSX } from 'preact';
import { shade } from './bins';
import { Mark, Plot, useWidth } from './plot';

export interface HeatCell {
  weekday: number;
  hour: number;
  kept: number;
  breached: number;
}

interface Props {
  cells: readonly HeatCell[];
  weekdays: readonly string[];
  label: (cell: HeatCell) => string;
  href: (cell: HeatCell) => string | undefined;
}

export const HEAT_STEPS = 6;
const CELL_PX = 30;

/** All hours from the first to the last that has anything. */
export function hoursOf(cells: readonly HeatCell[]): number[] {
  if (cells.length === 0) return [];
  const hours = cells.map((cell) => cell.hour);
  const first = Math.min(...hours);
  return Array.from({length: Math.max(...hours) - first + 1}, (_, i) => first + i);
}

/** Monday to Friday always; Saturday and Sunday where there is anything. */
export function weekdaysOf(cells: readonly HeatCell[]): number[] {
  const last = Math.max(5, ...cells.map((cell) => cell.weekday));
  return Array.from({length: last}, (_, i) => i + 1);
}

export function Heat({cells, weekdays, label, href}: Props): JSX.Element {
  const hours = hoursOf(cells);
  const days = weekdaysOf(cells);
  const [place, measured] = useWidth();
  const isWide = measured >= hours.length * 34 + 44;
  const lines = isWide ? days.length : hours.length;
  const draw = (width: number): JSX.Element => {
    const across = scaleBand<number>(isWide ? hours : days, [44, Math.min(width, 44 + (isWide ? hours.length * 64 : width))]).padding(0.06);
    const down = scaleBand<number>(isWide ? days : hours, [20, 20 + lines * CELL_PX]).padding(0.06);
    const nameOf = (value: number, isHour: boolean): string => (isHour ? String(value).padStart(2, '0') : weekdays[value - 1] ?? '');
    return (
      <>
        {(isWide ? hours : days).map((value) => (
          <text key={value} class="axis-text" x={(across(value) ?? 0) + across.bandwidth() / 2} y={14} text-anchor="middle">{nameOf(value, isWide)}</text>
        ))}
        {(isWide ? days : hours).map((value) => (
          <text key={value} class="axis-text" x={38} y={(down(value) ?? 0) + down.bandwidth() / 2 + 4} text-anchor="end">{nameOf(value, !isWide)}</text>
        ))}
        {cells.map((cell) => {
          const x = across(isWide ? cell.hour : cell.weekday) ?? 0;
          const y = down(isWide ? cell.weekday : cell.hour) ?? 0;
          const judged = cell.kept + cell.breached;
          const step = judged === 0 ? 0 : shade(cell.breached / judged, HEAT_STEPS);
          return (
            <Mark key={`${cell.weekday}-${cell.hour}`} href={cell.breached > 0 ? href(cell) : undefined} label={label(cell)}>
              <rect x={x} y={y} width={across.bandwidth()} height={down.bandwidth()} rx={3} class={`heat-${step}`} />
              <text x={x + across.bandwidth() / 2} y={y + down.bandwidth() / 2 + 4} text-anchor="middle" class={`heat-text-${step}`}>{judged === 0 ? '' : cell.breached}</text>
            </Mark>
          );
        })}
      </>
    );
  };
  return <div ref={place}><Plot height={24 + lines * CELL_PX} draw={draw} /></div>;
}
