// The proof of a batch: every cent derived again from the events, with what it has read so far.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, getStream } from '../../api';
import { count, money, number } from '../../format';
import { Link, payoutHref, ticketHref } from '../../route';
import type { VerifyDifference, VerifyPayoutBatchResponse, VerifyResult } from '../../types';
import { Bar, Button, ErrorBox, StateBadge, Table, type Column } from '../../ui';
import { t } from './batches.messages';

interface Progress { done: number; total: number }

export function Verification({ id }: { id: string }) {
  const [progress, setProgress] = useState<Progress | undefined>(undefined);
  const [differences, setDifferences] = useState<VerifyDifference[]>([]);
  const [result, setResult] = useState<VerifyResult | undefined>(undefined);
  const [error, setError] = useState<ApiError | undefined>(undefined);
  const running = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const verify = async () => {
    const abort = running.current = new AbortController();
    setProgress({ done: 0, total: 0 });
    setDifferences([]);
    setResult(undefined);
    setError(undefined);
    try {
      await getStream<VerifyPayoutBatchResponse>(`/v1/payout-batches/${encodeURIComponent(id)}:verify`, {}, (part) => {
        if (part.progress) setProgress({ done: count(part.progress.doneCount), total: count(part.progress.totalCount) });
        const { difference } = part;
        if (difference) setDifferences((before) => [...before, difference]);
        if (part.result) setResult(part.result);
      }, abort.signal);
    } catch (refused) {
      if (refused instanceof ApiError) setError(refused);
      else if (!abort.signal.aborted) throw refused;
    }
    setProgress(undefined);
  };

  return (
    <section aria-label={t('verifyTitle')} class="verification">
      {progress ? (
        <div class="row">
          <Button onClick={() => running.current?.abort()}>{t('stop')}</Button>
          <span>{t('verifying', { done: progress.done, total: progress.total })}</span>
          <Bar part={progress.total ? progress.done / progress.total : 0} label={t('verifyTitle')} />
        </div>
      ) : <Button onClick={() => void verify()}>{t('verify')}</Button>}
      <ErrorBox error={error} />
      <div role="status">{result && <Result result={result} hasDifferences={differences.length > 0} />}</div>
      {differences.length > 0 && <Differences differences={differences} />}
    </section>
  );
}

function Result({ result, hasDifferences }: { result: VerifyResult; hasDifferences: boolean }) {
  const isSame = !result.approvedHash || result.approvedHash === result.contentHash;
  const isGood = !hasDifferences && isSame && !result.faults?.length && result.equalCount === result.linesCount;
  return <>
    <p><StateBadge tone={isGood ? 'good' : 'bad'}>{isGood ? t('good') : t('wrong')}</StateBadge></p>
    <p>
      {t('verified', { count: result.equalCount ?? 0, lines: number(result.linesCount) })} {result.decidedCount ? t('decidedBy', { count: result.decidedCount }) : ''}{' '}
      {t('recorded')} {money(result.recordedTotal)}, {t('derived')} {money(result.derivedTotal) || '–'}. {result.approvedHash ? isSame ? t('sameHash') : t('otherHash') : ''}{' '}
      <span class="faint">{t('facts', { count: count(result.factsCount) })}</span>
    </p>
    {result.faults && result.faults.length > 0 && <ul>{result.faults.map((fault) => <li key={fault} class="tone-bad">{fault}</li>)}</ul>}
  </>;
}

function Differences({ differences }: { differences: readonly VerifyDifference[] }) {
  const columns: Column<VerifyDifference>[] = [
    { key: 'payout', head: t('payout'), isRowHead: true, cell: (one) => <Link href={payoutHref(one.payout)}>{one.payout}</Link> },
    { key: 'ticket', head: t('ticket'), cell: (one) => <Link href={ticketHref(one.branch, one.ticket)}>{one.ticket}</Link> },
    { key: 'recorded', head: t('recorded'), numeric: true, cell: (one) => money(one.recorded) || '–' },
    { key: 'derived', head: t('derived'), numeric: true, cell: (one) => money(one.derived) || '–' },
    { key: 'what', head: t('what'), cell: (one) => one.reason },
  ];
  return <Table caption={t('differences')} showCaption columns={columns} rows={differences} rowKey={(one) => `${one.payout} ${one.cycle}`} />;
}
