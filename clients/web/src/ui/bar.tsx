// How much of a limit is used, or of a task done: decoration beside a figure that says the same.
import type { Tone } from './state_badge';

/** `part` of 1; more is a full bar. `label` makes it a progress bar that is read out. */
export function Bar({ part, tone = 'busy', label }: { part: number; tone?: Tone; label?: string }) {
  const width = `${Math.max(0, Math.min(1, part)) * 100}%`;
  if (label === undefined) return <span class={`bar tone-${tone}`} aria-hidden="true"><span style={{ width }} /></span>;
  return (
    <span class={`bar tone-${tone}`} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(part * 100)}>
      <span style={{ width }} />
    </span>
  );
}
