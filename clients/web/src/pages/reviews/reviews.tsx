// The page of reviews: verdicts that nobody could prove and compensations that are held, oldest first, and a person's
// decision with its reason and evidence.
import { useRef, useState } from 'preact/hooks';
import { post } from '../../api';
import { instant, money } from '../../format';
import { useLoad } from '../../load';
import { payoutStateName, verdictName, verdictTone } from '../../names';
import { Link, payoutHref, query, setQuery, ticketHref } from '../../route';
import type { DecideReviewResponse, ListReviewsResponse, Review } from '../../types';
import {
  Button, CommandBox, Empty, ErrorBox, Loading, PageHead, Paging, ReasonDialog, Select, StateBadge, Table, TextInput, Toolbar, usePaging, type Column,
} from '../../ui';
import { kindName, reasonName, t } from './reviews.messages';
import './reviews.css';

const kinds = ['indeterminate', 'held'] as const;
const kPageSize = 100;

export default function ReviewsPage() {
  const branch = query.value.get('branch') ?? '';
  const kind = kinds.find((one) => one === query.value.get('kind')) ?? '';
  const paging = usePaging(`${branch}\n${kind}`);
  const loaded = useLoad<ListReviewsResponse>('/v1/reviews', { branch, kind, pageSize: kPageSize, pageToken: paging.token }, { everyMs: 5000 });
  const [deciding, setDeciding] = useState<Review | undefined>(undefined);
  const [done, setDone] = useState<DecideReviewResponse | undefined>(undefined);
  const reviews = loaded.value?.reviews ?? [];
  return <>
    <PageHead title={t('title')} />
    <Filters reviews={reviews} branch={branch} kind={kind} />
    <div role="status">{done && <Decided answer={done} />}</div>
    <ErrorBox error={loaded.error} onRetry={loaded.reload} />
    {loaded.value ? <>
      {reviews.length ? <ReviewTable reviews={reviews} onDecide={setDeciding} /> : <Empty>{t('none')}</Empty>}
      <Paging paging={paging} next={loaded.value.nextPageToken} />
      <CommandBox words={['lupaus', 'reviews', 'list', ...(branch ? ['--branch', branch] : []), ...(kind ? ['--kind', kind] : [])]} />
    </> : !loaded.error && <Loading />}
    {deciding && <DecideDialog review={deciding} onClose={() => setDeciding(undefined)} onDone={(answer) => { setDone(answer); loaded.reload(); }} />}
  </>;
}

function Filters({ reviews, branch, kind }: { reviews: readonly Review[]; branch: string; kind: string }) {
  const known = useRef(new Set<string>());
  for (const review of reviews) known.current.add(review.branch ?? '');
  if (branch) known.current.add(branch);
  return (
    <Toolbar label={t('filters')}>
      <Select label={t('branch')} value={branch} onChange={(value) => setQuery({ branch: value })}
        options={[['', t('allBranches')], ...[...known.current].sort().map((name) => [name, name] as const)]} />
      <Select label={t('kind')} value={kind} onChange={(value) => setQuery({ kind: value })}
        options={[['', t('allKinds')], ...kinds.map((one) => [one, kindName(one)] as const)]} />
    </Toolbar>
  );
}

function Decided({ answer }: { answer: DecideReviewResponse }) {
  return (
    <p class="decided">
      <span aria-hidden="true">● </span>{t('decided', { verdict: verdictName(answer.verdict) })}{' '}
      {answer.payout && (answer.amount
        ? <Link href={payoutHref(answer.payout)}>{t('pays', { sum: money(answer.amount), payout: answer.payout })}</Link>
        : <Link href={payoutHref(answer.payout)}>{answer.payout}: {payoutStateName(answer.payoutState)}</Link>)}
    </p>
  );
}

function ReviewTable({ reviews, onDecide }: { reviews: readonly Review[]; onDecide: (review: Review) => void }) {
  const columns: Column<Review>[] = [
    { key: 'ticket', head: t('ticket'), isRowHead: true, cell: (one) => <Link href={ticketHref(one.branch, one.ticket)}>{one.label || one.ticket}</Link> },
    { key: 'branch', head: t('branch'), class: 'tight', sortBy: (one) => one.branch, cell: (one) => one.branch },
    { key: 'promise', head: t('promise'), class: 'tight', sortBy: (one) => one.promise, cell: (one) => <>{one.promise}{(one.cycle ?? 1) > 1 && <span class="faint"> {t('cycle', { cycle: one.cycle ?? 1 })}</span>}</> },
    { key: 'kind', head: t('kind'), sortBy: (one) => one.kind, cell: (one) => <StateBadge tone="warn" shape={one.kind === 'held' ? '▮' : '▲'}>{kindName(one.kind)}</StateBadge> },
    { key: 'reason', head: t('reason'), sortBy: (one) => one.reason, cell: (one) => reasonName(one.reason) },
    { key: 'late', head: t('nowSay'), cell: (one) => one.lateVerdict ? <StateBadge tone={verdictTone(one.lateVerdict)}>{verdictName(one.lateVerdict)}</StateBadge> : '–' },
    { key: 'stake', head: t('stake'), numeric: true, cell: (one) => money(one.atStake) || '–' },
    { key: 'payout', head: t('payout'), cell: (one) => one.payout ? <Link href={payoutHref(one.payout)}>{one.payout}</Link> : '–' },
    { key: 'since', head: t('since'), sortBy: (one) => one.since, cell: (one) => instant(one.since) },
    { key: 'action', head: <span class="unseen">{t('action')}</span>, headText: t('action'),
      cell: (one) => <Button onClick={() => onDecide(one)} aria-label={`${t('decide')}: ${one.label || one.ticket}`}>{t('decide')}</Button> },
  ];
  return <Table caption={t('caption')} columns={columns} rows={reviews} rowKey={(one) => `${one.kind} ${one.id}`} />;
}

function DecideDialog({ review, onClose, onDone }: { review: Review; onClose: () => void; onDone: (answer: DecideReviewResponse) => void }) {
  const [verdict, setVerdict] = useState('');
  const [evidence, setEvidence] = useState('');
  const choices = [
    ['breached', review.atStake ? t('breached', { sum: money(review.atStake) }) : t('breachedFree')], ['kept', t('kept')], ['void', t('void')],
  ] as const;
  const send = (reason: string, requestId: string) => {
    const { branch, ticket, promise, cycle } = review;
    return post<DecideReviewResponse>('/v1/reviews:decide', { branch, ticket, promise, cycle, verdict, reason, evidence, requestId });
  };
  return (
    <ReasonDialog title={t('decideTitle', { ticket: review.label || review.ticket || '' })} verb={t('decide')} isReady={verdict !== ''} send={send}
      text={<>{review.branch} · {review.promise} · {kindName(review.kind)}: {reasonName(review.reason)}. <Link href={ticketHref(review.branch, review.ticket)}>{t('proof')}</Link></>}
      onClose={onClose} onDone={onDone}>
      <fieldset class="choices">
        <legend>{t('verdict')}</legend>
        {choices.map(([value, words]) => (
          <label key={value} class="choice"><input type="radio" name="verdict" value={value} checked={verdict === value} onChange={() => setVerdict(value)} /><span>{words}</span></label>
        ))}
      </fieldset>
      <TextInput label={t('evidence')} name="evidence" value={evidence} onChange={setEvidence} hint={t('evidenceHint')} />
      <p class="hint">{t('once')}</p>
    </ReasonDialog>
  );
}
