// The table that adds up: what was owed on which days, in which column it is now, and the journal's own totals beside it.
import { amount, day, minorUnits, money, number } from '../../format';
import { useLoad } from '../../load';
import { Link, query, setQuery } from '../../route';
import type { Money, ReconcileLine, ReconcilePayoutsResponse, ReconcileTotal } from '../../types';
import { CommandBox, Empty, ErrorBox, Loading, Select, StateBadge, Table, TextInput, Toolbar, type Column } from '../../ui';
import { t } from './batches.messages';

// The states of compensations that a column adds up, where it is one.
const stateOf = { held: 'held', claimable: 'claimable', approved: 'approved', exported: 'dispatched', paid: 'paid', returned: 'reversed', failed: 'failed', declined: 'declined' } as const;
const columnsOfMoney = ['owed', 'open', 'held', 'claimable', 'approved', 'exported', 'paid', 'returned', 'failed', 'declined'] as const;

export function Reconcile() {
  const from = query.value.get('from') ?? '';
  const to = query.value.get('to') ?? '';
  const by = query.value.get('by') ?? '';
  const groups = by ? by.split(',') : [];
  const loaded = useLoad<ReconcilePayoutsResponse>('/v1/payouts:reconcile', { from, to, by: groups });
  const lines = loaded.value?.lines ?? [];
  return <>
    <Toolbar label={t('which')}>
      <TextInput type="date" label={t('from')} value={from} onChange={(value) => setQuery({ from: value })} />
      <TextInput type="date" label={t('to')} value={to} onChange={(value) => setQuery({ to: value })} />
      <Select label={t('by')} value={by} onChange={(value) => setQuery({ by: value })}
        options={[['', t('byNothing')], ['day', t('byDay')], ['promise', t('byPromise')], ['day,promise', t('byBoth')]]} />
    </Toolbar>
    <ErrorBox error={loaded.error} onRetry={loaded.reload} />
    {loaded.value ? lines.length ? <>
      <Totals totals={loaded.value.totals ?? []} />
      <Lines lines={lines} groups={groups} isWhole={!from && !to && !by} />
    </> : <Empty>{t('nothing')}</Empty> : !loaded.error && <Loading />}
    <CommandBox words={['lupaus', 'payouts', 'reconcile', ...(from ? ['--from', from] : []), ...(to ? ['--to', to] : []), ...(by ? ['--by', by] : [])]} />
  </>;
}

function Lines({ lines, groups, isWhole }: { lines: readonly ReconcileLine[]; groups: readonly string[]; isWhole: boolean }) {
  const columns: Column<ReconcileLine>[] = [
    ...(groups.includes('day') ? [{ key: 'day', head: t('day'), isRowHead: true, class: 'tight', sortBy: (one: ReconcileLine) => one.day, cell: (one: ReconcileLine) => day(one.day) }] : []),
    ...(groups.includes('promise') ? [{ key: 'promise', head: t('promise'), class: 'tight', isRowHead: !groups.includes('day'), sortBy: (one: ReconcileLine) => one.promise, cell: (one: ReconcileLine) => one.promise }] : []),
    { key: 'currency', head: t('currency'), isRowHead: groups.length === 0, cell: (one) => one.currency },
    { key: 'count', head: t('count'), numeric: true, sortBy: (one) => Number(one.count ?? 0), cell: (one) => number(one.count) },
    ...columnsOfMoney.map((name): Column<ReconcileLine> => ({
      key: name, head: t(name), numeric: true, sortBy: (one) => minorUnits(one[name]?.amount), cell: (one) => <Sum sum={one[name]} state={name in stateOf ? stateOf[name as keyof typeof stateOf] : name === 'owed' ? '' : undefined} isWhole={isWhole} />,
    })),
  ];
  return <Table caption={t('reconcileCaption')} columns={columns} rows={lines} rowKey={(one) => `${one.day} ${one.promise} ${one.currency}`} />;
}

/** A sum of all days leads to its compensations; of some days the list of them has no filter. */
function Sum({ sum, state, isWhole }: { sum: Money | undefined; state: string | undefined; isWhole: boolean }) {
  if (isZero(sum)) return <span class="faint">–</span>;
  const text = amount(sum?.amount);
  return isWhole && state !== undefined ? <Link href={`/payouts${state && `?state=${state}`}`}>{text}</Link> : <>{text}</>;
}

function isZero(sum: Money | undefined): boolean {
  return minorUnits(sum?.amount) === 0n;
}

function Totals({ totals }: { totals: readonly ReconcileTotal[] }) {
  const holds = (one: ReconcileTotal) => isZero(one.owedDifference) && isZero(one.paidDifference);
  const columns: Column<ReconcileTotal>[] = [
    { key: 'currency', head: t('currency'), isRowHead: true, cell: (one) => one.currency },
    { key: 'owed', head: t('journalOwed'), numeric: true, cell: (one) => money(one.journalOwed) },
    { key: 'owedDifference', head: t('difference'), numeric: true, cell: (one) => isZero(one.owedDifference) ? '–' : money(one.owedDifference) },
    { key: 'paid', head: t('journalPaid'), numeric: true, cell: (one) => money(one.journalPaid) },
    { key: 'paidDifference', head: t('difference'), numeric: true, cell: (one) => isZero(one.paidDifference) ? '–' : money(one.paidDifference) },
    { key: 'holds', head: t('state'), cell: (one) => <StateBadge tone={holds(one) ? 'good' : 'bad'}>{holds(one) ? t('addsUp') : t('doesNot')}</StateBadge> },
  ];
  return <Table caption={t('totals')} showCaption columns={columns} rows={totals} rowKey={(one) => one.currency ?? ''} />;
}
