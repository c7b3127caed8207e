// What stands where there is nothing to show, yet or at all.
import type { ComponentChildren } from 'preact';
import type { ApiError } from '../api';
import { whoIsHere } from '../session';
import { Button } from './button';
import { t } from './ui.messages';

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

export function Loading() {
  return <p class="empty" role="status">{t('loading')}</p>;
}

/** A refusal: what is wrong, then how to mend it. Nothing where there is none. */
export function ErrorBox({ error, onRetry }: { error: ApiError | undefined; onRetry?: () => void }) {
  if (!error) return null;
  const isLost = error.reason === 'no_answer';
  const isNobody = ['UNAUTHENTICATED', 'PERMISSION_DENIED'].includes(error.code) && !whoIsHere();
  const hint = isLost ? t('noAnswerHint') : isNobody ? t('nobodyHint') : error.hint;
  return (
    <div class="error" role="alert">
      <p><strong><span aria-hidden="true">✕ </span>{isLost ? t('noAnswer') : isNobody ? t('nobody') : error.message}</strong></p>
      {hint && <p>{hint}</p>}
      {error.fields.length > 0 && <ul>{error.fields.map((one) => <li key={one.field}><code>{one.field}</code>: {one.message}</li>)}</ul>}
      {onRetry && <Button onClick={onRetry}>{t('retry')}</Button>}
    </div>
  );
}
