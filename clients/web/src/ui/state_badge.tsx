// A state as word, shape and colour: never colour alone.
import type { ComponentChildren } from 'preact';

/** good: kept, paid · warn: at risk, held · bad: broken, failed · idle: paused, void · busy: on its way. */
export type Tone = 'good' | 'warn' | 'bad' | 'idle' | 'busy';

export const toneShape: Record<Tone, string> = { good: '●', warn: '▲', bad: '■', idle: '◇', busy: '▶' };

/** `shape` where two states of one tone stand side by side. */
export function StateBadge({ tone, shape, children }: { tone: Tone; shape?: string; children: ComponentChildren }) {
  return <span class={`badge tone-${tone}`}><span aria-hidden="true" class="shape">{shape ?? toneShape[tone]}</span>{children}</span>;
}
