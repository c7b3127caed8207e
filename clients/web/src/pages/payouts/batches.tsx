// Payout batches: drawn up by one person, approved by another, verified to the cent, and downloaded for the bank.
import { useState } from 'preact/hooks';
import { post, requestId } from '../../api';
import { instant, money, number } from '../../format';
import { useChange, useLoad } from '../../load';
import { batchStateName, batchTone, payoutStateName, payoutTone } from '../../names';
import { Link } from '../../route';
import { whoIsHere } from '../../session';
import type { ListPayoutBatchesResponse, PayoutBatch, PayoutStateSum } from '../../types';
import { Button, ButtonLink, CommandBox, Dialog, Empty, ErrorBox, Loading, ReasonDialog, StateBadge, Table, type Column } from '../../ui';
import { t } from './batches.messages';
import { batchHref } from './payouts';
import { Verification } from './verification';

const formats = ['csv', 'csv-excel', 'xlsx', 'json', 'pain.001.001.09', 'posting'] as const;

export function Batches({ chosen }: { chosen: string }) {
  const loaded = useLoad<ListPayoutBatchesResponse>('/v1/payout-batches', {}, { everyMs: 5000 });
  const [isCreating, setCreating] = useState(false);
  const [created, setCreated] = useState<PayoutBatch | undefined>(undefined);
  const batches = [...loaded.value?.batches ?? []].reverse();
  const one = batches.find((batch) => batch.id === chosen);
  return <>
    <div class="row"><Button kind={one ? 'plain' : 'primary'} onClick={() => setCreating(true)}>{t('create')}</Button></div>
    <div role="status">{created && <Created batch={created} />}</div>
    <ErrorBox error={loaded.error} onRetry={loaded.reload} />
    {one && <OneBatch key={one.id} batch={one} onDone={loaded.reload} />}
    {loaded.value ? batches.length ? <BatchTable batches={batches} chosen={chosen} /> : <Empty>{t('none')}</Empty> : !loaded.error && <Loading />}
    <CommandBox words={['lupaus', 'payouts', 'batch', one ? 'show' : 'list', one?.id]} />
    {isCreating && <CreateDialog onClose={() => setCreating(false)} onDone={(batch) => { setCreated(batch); loaded.reload(); }} />}
  </>;
}

function Created({ batch }: { batch: PayoutBatch }) {
  return (
    <p class="panel">
      <span><Link href={batchHref(batch.id ?? '')}>{t('created', { id: batch.id ?? '', count: batch.count ?? 0, sum: money(batch.total) })}</Link>
        {batch.awaitingPayeeCount ? <> <Link href="/payouts?awaiting_payee=1">{t('leftOut', { count: batch.awaitingPayeeCount })}</Link></> : null}
        {batch.inOtherCurrencies?.map((other) => <span key={other.total?.currency}> {t('otherCurrency', { count: other.count ?? 0, sum: money(other.total) })}</span>)}</span>
    </p>
  );
}

function BatchTable({ batches, chosen }: { batches: readonly PayoutBatch[]; chosen: string }) {
  const columns: Column<PayoutBatch>[] = [
    { key: 'id', head: t('id'), isRowHead: true, class: 'tight', cell: (one) => <Link href={batchHref(one.id ?? '')} current={one.id === chosen}>{one.id}</Link> },
    { key: 'state', head: t('state'), sortBy: (one) => one.state, cell: (one) => <BatchBadge batch={one} /> },
    { key: 'count', head: t('count'), numeric: true, sortBy: (one) => one.count ?? 0, cell: (one) => number(one.count) },
    { key: 'total', head: t('total'), numeric: true, cell: (one) => money(one.total) },
    { key: 'createdBy', head: t('createdBy'), cell: (one) => one.createdBy },
    { key: 'createdAt', head: t('createdAt'), class: 'tight', sortBy: (one) => one.createdAt, cell: (one) => instant(one.createdAt) },
    { key: 'approvedBy', head: t('approvedBy'), cell: (one) => one.approvedBy || '–' },
    { key: 'exportedAt', head: t('exportedAt'), class: 'tight', cell: (one) => instant(one.exportedAt) },
  ];
  return <Table caption={t('caption')} columns={columns} rows={batches} rowKey={(one) => one.id ?? ''} rowClass={(one) => one.id === chosen ? 'is-chosen' : undefined} />;
}

function BatchBadge({ batch }: { batch: PayoutBatch }) {
  return <StateBadge tone={batchTone(batch.state)}>{batchStateName(batch.state)}</StateBadge>;
}

function OneBatch({ batch, onDone }: { batch: PayoutBatch; onDone: () => void }) {
  const id = batch.id ?? '';
  const facts = [
    [t('total'), money(batch.total)], [t('count'), number(batch.count)], [t('createdBy'), batch.createdBy], [t('createdAt'), instant(batch.createdAt, 'second')],
    [t('until'), batch.until && instant(batch.until, 'second')], [t('approvedBy'), batch.approvedBy], [t('approvedAt'), batch.approvedAt && instant(batch.approvedAt, 'second')],
    [t('exportedAt'), batch.exportedAt && instant(batch.exportedAt, 'second')], [t('discarded'), batch.discardedReason], [t('hash'), batch.contentHash && <code key="hash">{batch.contentHash}</code>],
  ] as const;
  return (
    <section class="panel" aria-labelledby="batch">
      <div class="row"><h2 id="batch">{t('one', { id })}</h2><BatchBadge batch={batch} /></div>
      <Acts batch={batch} onDone={onDone} />
      <div class="columns">
        <dl class="facts">{facts.map(([name, value]) => value ? [<dt key={`${name}-name`}>{name}</dt>, <dd key={name}>{value}</dd>] : null)}</dl>
        <Lines batch={batch} />
      </div>
      <Verification id={id} />
    </section>
  );
}

function Lines({ batch }: { batch: PayoutBatch }) {
  const hrefOf = (state = '') => `/payouts?${new URLSearchParams({ batch: batch.id ?? '', state })}`;
  const columns: Column<PayoutStateSum>[] = [
    { key: 'state', head: t('state'), isRowHead: true, cell: (one) => <Link href={hrefOf(one.state)}><StateBadge tone={payoutTone(one.state)}>{payoutStateName(one.state)}</StateBadge></Link> },
    { key: 'count', head: t('count'), numeric: true, cell: (one) => <Link href={hrefOf(one.state)}>{number(one.count)}</Link> },
    { key: 'total', head: t('total'), numeric: true, cell: (one) => money(one.total) },
  ];
  return <Table caption={t('whatBecame')} showCaption columns={columns} rows={batch.lines ?? []} rowKey={(one) => one.state ?? ''} />;
}

/** What may be done with it now: its creator cannot approve it, and only what is approved has a file. */
function Acts({ batch, onDone }: { batch: PayoutBatch; onDone: () => void }) {
  const [isDiscarding, setDiscarding] = useState(false);
  const [request] = useState(requestId);
  const { run, error, isRunning } = useChange();
  const id = batch.id ?? '';
  const at = `/v1/payout-batches/${encodeURIComponent(id)}`;
  const isOwn = whoIsHere() !== '' && batch.createdBy === whoIsHere();
  const hasFile = ['approved', 'exported', 'settled'].includes(batch.state ?? '');
  const approve = () => run(async () => {
    await post(`${at}:approve`, { requestId: request });
    onDone();
  });
  return <>
    <div class="row">
      {batch.state === 'draft' && <Button kind="primary" disabled={isRunning || isOwn} onClick={() => void approve()}>{t('approve')}</Button>}
      {hasFile && formats.map((format) => (
        <ButtonLink key={format} download href={`${at}:download?format=${encodeURIComponent(format)}`}><span class="unseen">{t('download')} </span>{format}<span aria-hidden="true"> ↓</span></ButtonLink>
      ))}
      {['draft', 'approved'].includes(batch.state ?? '') && <Button kind="danger" onClick={() => setDiscarding(true)}>{t('discard')}</Button>}
    </div>
    {batch.state === 'draft' && isOwn && <p class="hint">{t('approveNote')}</p>}
    <ErrorBox error={error} />
    {isDiscarding && (
      <ReasonDialog title={t('discardTitle', { id })} text={t('discardText')} verb={t('discard')} kind="danger"
        send={(reason, requestId) => post(`${at}:discard`, { reason, requestId })} onClose={() => setDiscarding(false)} onDone={onDone} />
    )}
  </>;
}

function CreateDialog({ onClose, onDone }: { onClose: () => void; onDone: (batch: PayoutBatch) => void }) {
  const [request] = useState(requestId);
  const { run, error, isRunning } = useChange();
  const send = () => run(async () => {
    onDone(await post<PayoutBatch>('/v1/payout-batches', { requestId: request }));
    onClose();
  });
  return (
    <Dialog title={t('createTitle')} onClose={onClose} onSubmit={() => void send()} actions={<Button kind="primary" type="submit" disabled={isRunning}>{t('create')}</Button>}>
      <p>{t('createText')}</p>
      <ErrorBox error={error} />
    </Dialog>
  );
}
