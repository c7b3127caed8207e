// A list that comes in pages: back and forth by the server's tokens, which are kept for the way back.
import { useEffect, useState } from 'preact/hooks';
import { Button } from './button';
import { t } from './ui.messages';

/** The token of the page that is shown, and how to turn it; another `question` begins at the first page. */
export function usePaging(question: string): { token: string; page: number; turnTo: (next: string) => void; back: () => void } {
  const [turned, setTurned] = useState<{ question: string; tokens: string[] }>({ question, tokens: [] });
  const tokens = turned.question === question ? turned.tokens : [];
  useEffect(() => setTurned((last) => last.question === question ? last : { question, tokens: [] }), [question]);
  return {
    token: tokens.at(-1) ?? '', page: tokens.length + 1,
    turnTo: (next) => setTurned({ question, tokens: [...tokens, next] }),
    back: () => setTurned({ question, tokens: tokens.slice(0, -1) }),
  };
}

export function Paging({ paging, next }: { paging: ReturnType<typeof usePaging>; next: string | undefined }) {
  if (!next && paging.page === 1) return null;
  return (
    <nav class="row" aria-label={t('paging')}>
      <Button disabled={paging.page === 1} onClick={paging.back}>{t('previous')}</Button>
      <span class="faint">{paging.page}</span>
      <Button disabled={!next} onClick={() => next && paging.turnTo(next)}>{t('next')}</Button>
    </nav>
  );
}
