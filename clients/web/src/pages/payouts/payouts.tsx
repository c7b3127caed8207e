// The page of payouts: compensations, the batches they leave the house in, and the table that adds up.
import { useLoad } from '../../load';
import { instant, day, money } from '../../format';
import { instrumentName, payoutStateName, payoutStates, payoutTone } from '../../names';
import { Link, payoutHref, query, setQuery, ticketHref } from '../../route';
import type { ListPayoutsResponse, Payout } from '../../types';
import {
  Choice, CommandBox, Empty, ErrorBox, Loading, PageHead, Paging, Select, StateBadge, Table, Tabs, TextInput, Toolbar, usePaging, type Column,
} from '../../ui';
import { Batches } from './batches';
import { t } from './payouts.messages';
import { Reconcile } from './reconcile';
import './payouts.css';

const kPageSize = 100;

export default function PayoutsPage() {
  const tab = query.value.get('tab') ?? 'list';
  return <>
    <PageHead title={t('title')} />
    <Tabs label={t('parts')} value={tab} tabs={[['list', t('list')], ['batches', t('batches')], ['reconcile', t('reconcile')]]} />
    {tab === 'batches' ? <Batches chosen={query.value.get('batch') ?? ''} /> : tab === 'reconcile' ? <Reconcile /> : <Compensations />}
  </>;
}

const flags = [['awaiting_payee', 'awaitingPayee', '--awaiting-payee'], ['overdue', 'overdue', '--overdue'], ['paid_in_error', 'paidInError', '--paid-in-error']] as const;

function Compensations() {
  const asked = {
    state: query.value.get('state') ?? '', batch: query.value.get('batch') ?? '',
    ...Object.fromEntries(flags.map(([name]) => [name, query.value.get(name) === '1'])),
  };
  const paging = usePaging(JSON.stringify(asked));
  const loaded = useLoad<ListPayoutsResponse>('/v1/payouts', { ...asked, pageSize: kPageSize, pageToken: paging.token }, { everyMs: 5000 });
  const payouts = loaded.value?.payouts ?? [];
  const command = ['lupaus', 'payouts', 'list', ...(asked.state ? ['--state', asked.state] : []), ...(asked.batch ? ['--batch', asked.batch] : []),
    ...flags.filter(([name]) => query.value.get(name) === '1').map(([, , flag]) => flag)];
  return <>
    <Toolbar label={t('filters')}>
      <Select label={t('state')} value={asked.state} onChange={(value) => setQuery({ state: value })}
        options={[['', t('anyState')], ...payoutStates.map((one) => [one, payoutStateName(one)] as const)]} />
      <TextInput label={t('batch')} value={asked.batch} onChange={(value) => setQuery({ batch: value.trim() })} placeholder="B-20260105-0001" />
      {flags.map(([name, words]) => (
        <Choice key={name} label={t(words)} checked={query.value.get(name) === '1'} onChange={(on) => setQuery({ [name]: on ? '1' : undefined })} />
      ))}
    </Toolbar>
    <ErrorBox error={loaded.error} onRetry={loaded.reload} />
    {loaded.value ? <>
      {payouts.length ? <PayoutTable payouts={payouts} /> : <Empty>{t('none')}</Empty>}
      <Paging paging={paging} next={loaded.value.nextPageToken} />
      <CommandBox words={command} />
    </> : !loaded.error && <Loading />}
  </>;
}

function PayoutTable({ payouts }: { payouts: readonly Payout[] }) {
  const columns: Column<Payout>[] = [
    { key: 'id', head: t('id'), isRowHead: true, class: 'tight', cell: (one) => <Link href={payoutHref(one.id)}>{one.id}</Link> },
    { key: 'amount', head: t('amount'), numeric: true, cell: (one) => money(one.amount) || '–' },
    { key: 'state', head: t('state'), cell: (one) => <PayoutBadge payout={one} /> },
    { key: 'how', head: t('instrument'), cell: (one) => instrumentName(one.instrument) },
    { key: 'ticket', head: t('ticket'), class: 'tight', cell: (one) => <Link href={ticketHref(one.branch, one.ticket)}>{one.ticket}</Link> },
    { key: 'branch', head: t('branch'), class: 'tight', cell: (one) => one.branch },
    { key: 'promise', head: t('promise'), class: 'tight', cell: (one) => one.promise },
    { key: 'customer', head: t('customer'), cell: (one) => one.customer || '–' },
    { key: 'owed', head: t('owedAt'), class: 'tight', cell: (one) => instant(one.owedAt) },
    { key: 'due', head: t('dueDate'), class: 'tight', cell: (one) => <>{one.dueDate ? day(one.dueDate) : '–'}{one.dueMissed && <strong class="tone-bad"> {t('missed')}</strong>}</> },
    { key: 'batch', head: t('batch'), class: 'tight', cell: (one) => one.batch ? <Link href={batchHref(one.batch)}>{one.batch}</Link> : '–' },
    { key: 'reason', head: t('reason'), cell: (one) => one.reason || '–' },
  ];
  return <Table caption={t('caption')} columns={columns} rows={payouts} rowKey={(one) => one.id ?? ''} />;
}

export function batchHref(id: string): string {
  return `/payouts?tab=batches&batch=${encodeURIComponent(id)}`;
}

/** The state, and what stands in its way. */
export function PayoutBadge({ payout }: { payout: Payout }) {
  return <>
    <StateBadge tone={payoutTone(payout.state)}>{payoutStateName(payout.state)}</StateBadge>
    {payout.awaitingPayee && <span class="tone-warn"> {t('noPayee')}</span>}
    {payout.paidInError && <span class="tone-warn"> {t('paidInError')}</span>}
  </>;
}
