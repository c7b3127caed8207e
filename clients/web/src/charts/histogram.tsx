// How long customers waited, in bars of one width; the promise is a line, and what lies behind it has another colour
// and a pattern, so that it can be told without colours.
import { max } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import type { JSX } from 'preact';
import { LeftAxis, BottomAxis, thinned } from './axis';
import type { Bin } from './bins';
import { Mark, Plot } from './plot';

interface Props {
  bins: readonly Bin[];
  limitMs: number | null;
  limitText: string;
  /** "15 min", "45 min +". */
  name: (bin: Bin) => string;
  tick: (ms: number) => string;
  /** Of the ticks: "min". */
  unit: string;
  count: (count: number) => string;
  href: (bin: Bin) => string | undefined;
}

const LEFT = 44;
const TOP = 26;
const BOTTOM = 24;

export function Histogram(props: Props): JSX.Element {
  const {bins} = props;
  const last = bins[bins.length - 1];
  const bars = bins.filter((bin) => !bin.open);
  const widthMs = bars[0] === undefined ? 1 : bars[0].untilMs - bars[0].fromMs;
  const draw = (width: number, height: number): JSX.Element => {
    const x = scaleLinear([0, bins.length], [LEFT, width - 4]);
    const most = max(bins, (bin) => bin.kept + bin.breached) ?? 0;
    const y = scaleLinear([0, Math.max(1, most)], [height - BOTTOM, TOP]).nice(4);
    const bar = Math.max(1, x(1) - x(0) - 1);
    const edges = Array.from({length: bars.length + 1}, (_, i) => ({at: x(i), text: props.tick(i * widthMs)}));
    const limit = props.limitMs === null ? null : x(props.limitMs / widthMs);
    const isRight = limit !== null && limit > width * 0.6;
    return (
      <>
        <defs>
          <pattern id="broken-lines" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="5" height="5" class="fill-broken" />
            <rect width="1.5" height="5" class="fill-broken-line" />
          </pattern>
        </defs>
        <LeftAxis ticks={y.ticks(4).filter(Number.isInteger).map((n) => ({at: y(n), text: props.count(n)}))} left={LEFT} right={width - 4} />
        {bins.map((bin, i) => (
          <Mark key={i} href={props.href(bin)} label={`${props.name(bin)}: ${props.count(bin.kept + bin.breached)}`}>
            <rect x={x(i)} y={TOP} width={bar} height={height - BOTTOM - TOP} class="hit" />
            <rect x={x(i)} width={bar} y={y(bin.kept)} height={y(0) - y(bin.kept)} class="fill-kept" />
            <rect x={x(i)} width={bar} y={y(bin.kept + bin.breached)} height={y(bin.kept) - y(bin.kept + bin.breached)} fill="url(#broken-lines)" />
          </Mark>
        ))}
        <BottomAxis ticks={thinned(edges, width - LEFT, 38).filter((tick) => tick.at < width - 34 || last?.open !== true)} y={height - BOTTOM} left={LEFT} right={width - 4} />
        <text class="axis-text" x={LEFT - 6} y={height - BOTTOM + 16} text-anchor="end">{props.unit}</text>
        {last?.open === true && <text class="axis-text" x={width - 4} y={height - BOTTOM + 16} text-anchor="end">{props.tick(last.fromMs)}+</text>}
        {limit !== null && (
          <g class="limit">
            <line x1={limit} x2={limit} y1={TOP - 10} y2={height - BOTTOM} />
            <text x={isRight ? limit - 5 : limit + 5} y={TOP - 12} text-anchor={isRight ? 'end' : 'start'}>{props.limitText}</text>
          </g>
        )}
      </>
    );
  };
  return <Plot height={230} draw={draw} />;
}
