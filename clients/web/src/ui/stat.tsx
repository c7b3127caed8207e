// One figure with its name, and what leads to it.
import type { ComponentChildren } from 'preact';
import { Link } from '../route';
import { toneShape, type Tone } from './state_badge';

interface StatProps {
  name: string;
  value: ComponentChildren;
  /** Below the figure, smaller. */
  note?: ComponentChildren;
  tone?: Tone;
  /** Where its tickets are. */
  href?: string | undefined;
}

export function Stat({ name, value, note, tone, href }: StatProps) {
  const figure = <span class={`figure ${tone ? `tone-${tone}` : ''}`}>{tone && <span aria-hidden="true" class="shape">{toneShape[tone]}</span>}{value}</span>;
  return (
    <div class="stat">
      <dt>{name}</dt>
      <dd>{href ? <Link href={href} class="stat-link">{figure}</Link> : figure}{note && <span class="note">{note}</span>}</dd>
    </div>
  );
}

/** Figures side by side, as many in a row as fit. */
export function StatRow({ label, children }: { label: string; children: ComponentChildren }) {
  return <dl class="stats" aria-label={label}>{children}</dl>;
}
