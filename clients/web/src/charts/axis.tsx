// Axes: a few round ticks, thin lines, and text in the size of the page.
import type { JSX } from 'preact';

interface Tick {
  at: number;
  text: string;
}

/** Ticks from left to right below the plot. */
export function BottomAxis({ticks, y, left, right}: {ticks: readonly Tick[]; y: number; left: number; right: number}): JSX.Element {
  return (
    <g class="axis">
      <line x1={left} x2={right} y1={y} y2={y} />
      {ticks.map((tick) => (
        <text key={tick.at} x={tick.at} y={y + 16} text-anchor="middle">{tick.text}</text>
      ))}
    </g>
  );
}

/** Ticks from bottom to top at the left, with a line across each. */
export function LeftAxis({ticks, left, right}: {ticks: readonly Tick[]; left: number; right: number}): JSX.Element {
  return (
    <g class="axis">
      {ticks.map((tick) => (
        <g key={tick.at}>
          <line class="grid" x1={left} x2={right} y1={tick.at} y2={tick.at} />
          <text x={left - 6} y={tick.at + 4} text-anchor="end">{tick.text}</text>
        </g>
      ))}
    </g>
  );
}

/** As many of `ticks` as have room at `px` each: every first, second, third … one. */
export function thinned<T>(ticks: readonly T[], roomPx: number, px: number): T[] {
  const step = Math.max(1, Math.ceil((ticks.length * px) / Math.max(1, roomPx)));
  return ticks.filter((_, i) => i % step === 0);
}
