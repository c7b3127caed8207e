// "Show as command": the line for the shell that gives what the page shows.
import { useState } from 'preact/hooks';
import { Button } from './button';
import { t } from './ui.messages';

/** One argument as a shell reads it: quoted only where it must be. */
export function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

/** `words`: the program and its arguments, unquoted; undefined ones are left out. */
export function CommandBox({ words }: { words: readonly (string | undefined)[] }) {
  const [copied, setCopied] = useState(false);
  const line = words.filter((word): word is string => word !== undefined).map(quoted).join(' ');
  const copy = () => {
    // WHY: there is no clipboard on a plain HTTP origin; the text can still be marked.
    void navigator.clipboard?.writeText(line).then(() => setCopied(true), () => undefined);
  };
  return (
    <details class="command">
      <summary>{t('showCommand')}</summary>
      <div>
        <code>{line}</code>
        {navigator.clipboard && <Button kind="quiet" onClick={copy}>{copied ? t('copied') : t('copy')}</Button>}
      </div>
    </details>
  );
}
