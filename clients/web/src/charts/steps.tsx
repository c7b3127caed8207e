// A sum that grows day by day against a line that it should not cross: breaches against what the objective allows, cost
// against its budget. Drawn as stairs, because a day is counted when it is over.
import { max, min } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { area, curveStepAfter, line } from 'd3-shape';
import type { JSX } from 'preact';
import { BottomAxis, LeftAxis, thinned } from './axis';
import { Mark, Plot } from './plot';

interface Props {
  /** One a day: the value at the end of that day. */
  values: readonly number[];
  /** Where the stairs begin: what is left before the first day, or nothing spent. */
  start: number;
  /** The line that is not to be crossed; null: there is none. */
  bound: number | null;
  boundText: string;
  /** From start to where even use would end; null: not drawn. */
  even: number | null;
  /** Whether it is worse above the bound; else below. */
  isWorseAbove: boolean;
  day: (i: number) => string;
  text: (value: number) => string;
  label: (i: number) => string;
  href: (i: number) => string | undefined;
}

const TOP = 22;
const BOTTOM = 24;

export function Steps(props: Props): JSX.Element {
  const {values, start, bound} = props;
  const draw = (width: number, height: number): JSX.Element => {
    const all = [...values, start, bound ?? start, props.even ?? start];
    const y = scaleLinear([Math.min(0, min(all) ?? 0), Math.max(1, max(all) ?? 1)], [height - BOTTOM, TOP]).nice(4);
    const ticks = y.ticks(4).filter(Number.isInteger);
    const left = 10 + 7 * Math.max(2, ...ticks.map((tick) => props.text(tick).length));
    const x = scaleLinear([0, Math.max(1, values.length)], [left, width - 8]);
    const stairs: [number, number][] = [start, ...values].map((value, i) => [i, value]);
    const path = line<[number, number]>((p) => x(p[0]), (p) => y(p[1])).curve(curveStepAfter)(stairs) ?? '';
    const edge = bound ?? 0;
    const worse = (value: number): number => (props.isWorseAbove ? Math.max(value, edge) : Math.min(value, edge));
    const over = bound === null ? '' : area<[number, number]>((p) => x(p[0]), () => y(edge), (p) => y(worse(p[1]))).curve(curveStepAfter)(stairs) ?? '';
    const days = values.map((_, i) => ({at: x(i + 0.5), text: props.day(i)}));
    return (
      <>
        <LeftAxis ticks={ticks.map((tick) => ({at: y(tick), text: props.text(tick)}))} left={left} right={width - 8} />
        {over !== '' && <path d={over} class="over" />}
        {props.even !== null && <line class="even" x1={x(0)} y1={y(start)} x2={x(values.length)} y2={y(props.even)} />}
        {bound !== null && (
          <g class="limit">
            <line x1={left} x2={width - 8} y1={y(bound)} y2={y(bound)} />
            <text x={left + 6} y={y(bound) - 6}>{props.boundText}</text>
          </g>
        )}
        <path d={path} class="stairs" />
        {values.map((_, i) => (
          <Mark key={i} href={props.href(i)} label={props.label(i)}>
            <rect x={x(i)} y={TOP} width={x(1) - x(0)} height={height - TOP - BOTTOM} class="hit" />
          </Mark>
        ))}
        <BottomAxis ticks={thinned(days, width - left, 30)} y={height - BOTTOM} left={left} right={width - 8} />
      </>
    );
  };
  return <Plot height={200} draw={draw} />;
}
