// What all charts share: a drawing as wide as its place, and the same figures as a table for those who read with ears
// or fingers. The drawing itself is hidden from screen readers; its links are for the pointer, the table's for all.
import type { ComponentChildren, JSX, RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { t } from './charts.messages';
import './charts.css';

const WIDTH_BEFORE_LAYOUT = 640;

/** Width of the element in CSS pixels, followed as it changes. */
export function useWidth(): [RefObject<HTMLDivElement>, number] {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(WIDTH_BEFORE_LAYOUT);
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const measure = (): void => {
      // WHY: paper is laid out without script; what was drawn for the screen is scaled to it.
      if (element.clientWidth > 0) setWidth(element.clientWidth);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [place, width];
}

interface PlotProps {
  height: number;
  draw: (width: number, height: number) => ComponentChildren;
}

/** An SVG drawing of the width of its place, in CSS pixels, so that its text stays as large as all text. */
export function Plot({height, draw}: PlotProps): JSX.Element {
  const [place, width] = useWidth();
  return (
    <div ref={place} class="plot">
      <svg viewBox={`0 0 ${width} ${height}`} width="100%" aria-hidden="true" focusable="false">
        {draw(width, height)}
      </svg>
    </div>
  );
}

interface FigureProps {
  title: string;
  /** What the chart shows, in a sentence with its figures. */
  says: ComponentChildren;
  /** Absent where there is nothing to draw. */
  chart?: ComponentChildren;
  /** The same figures as a table. */
  children?: ComponentChildren;
}

/** A chart with its sentence and its table. */
export function Figure({ title, says, chart, children }: FigureProps) {
  return (
    <section class="chart">
      <h2>{title}</h2>
      <p class="chart-says">{says}</p>
      {chart}
      {children !== undefined && (
        <details class="chart-table">
          <summary>{t('as_table')}<span class="unseen">: {title}</span></summary>
          {children}
        </details>
      )}
    </section>
  );
}

interface LinkedProps {
  href: string | undefined;
  label: string;
  children: ComponentChildren;
}

/** A mark that leads somewhere when it is clicked, with its figures as a tip. */
export function Mark({href, label, children}: LinkedProps): JSX.Element {
  if (href === undefined) return <g><title>{label}</title>{children}</g>;
  return (
    <a href={href} tabindex={-1} class="mark">
      <title>{label}</title>
      {children}
    </a>
  );
}
