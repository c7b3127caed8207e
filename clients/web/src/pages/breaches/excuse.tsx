// One person's late excuse of a final breach: which excuse of the promise, and why.
import { useRef, useState } from 'preact/hooks';
import { post, requestId } from '../../api';
import { useChange, useLoad } from '../../load';
import { payoutStateName } from '../../names';
import type { ExcuseBreachRequest, ExcuseBreachResponse, GetPublicationResponse, VerdictLine } from '../../types';
import { Button, Dialog, ErrorBox, faultOf, TextArea, TextInput } from '../../ui';
import { t } from './breaches.messages';

/** The ids of excuses in promise files, read off their text: only offered, never relied on. */
export function excuseIds(text: string): string[] {
  const ids: string[] = [];
  let indent = -1;
  for (const line of text.split('\n')) {
    const head = /^(\s*)excuses:/.exec(line);
    if (head) indent = head[1]?.length ?? 0;
    else if (indent >= 0 && /^\s*[^\s#-]/.test(line) && line.search(/\S/) <= indent) indent = -1;
    if (indent >= 0) ids.push(...[...line.matchAll(/\bid:\s*["']?([\w-]+)/g)].map((match) => match[1] ?? ''));
  }
  return [...new Set(ids)];
}

export function ExcuseDialog({ line, onClose, onDone }: { line: VerdictLine; onClose: () => void; onDone: () => void }) {
  const [excuse, setExcuse] = useState('');
  const [reason, setReason] = useState('');
  const [answer, setAnswer] = useState<ExcuseBreachResponse | undefined>(undefined);
  const intention = useRef(requestId());
  const { run, error, isRunning } = useChange();
  const book = useLoad<GetPublicationResponse>('/v1/publications/0').value;
  const ids = [...new Set((book?.files ?? []).flatMap((file) => excuseIds(file.text ?? '')))];
  const send = () => run(async () => {
    const request: ExcuseBreachRequest = {
      branch: line.branch ?? '', ticket: line.ticket ?? '', promise: line.promise ?? '', cycle: line.cycle ?? 1,
      excuse: excuse.trim(), reason: reason.trim(), requestId: intention.current,
    };
    setAnswer(await post<ExcuseBreachResponse>('/v1/breaches:excuse', request));
    onDone();
  });
  const names = answer?.excusedBy?.join(', ') ?? '';
  const title = t('excuse_title', { ticket: line.label || (line.ticket ?? '') });
  if (answer) {
    return (
      <Dialog title={title} onClose={onClose}>
        <p role="status">{answer.isComplete ? t('excuse_done', { names, state: payoutStateName(answer.payoutState).toLowerCase() || '–' }) : t('excuse_waits', { names })}</p>
      </Dialog>
    );
  }
  return (
    <Dialog title={title} onClose={onClose} onSubmit={() => void send()}
            actions={<Button type="submit" kind="primary" disabled={isRunning || !excuse.trim() || !reason.trim()}>{t('excuse_send')}</Button>}>
      <p>{t('excuse_says')}</p>
      <TextInput label={t('excuse_id')} value={excuse} onChange={setExcuse} hint={t('excuse_id_hint')} fault={faultOf(error, 'excuse')} list="excuses" required autoFocus />
      <datalist id="excuses">{ids.map((id) => <option key={id} value={id} />)}</datalist>
      <TextArea label={t('excuse_reason')} value={reason} onChange={setReason} fault={faultOf(error, 'reason')} required />
      <ErrorBox error={error} />
    </Dialog>
  );
}
