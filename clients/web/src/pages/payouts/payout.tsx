// One compensation: what it is, how its sum came about, each step of its life, and what a person may decide of it.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { post } from '../../api';
import { day, instant, money } from '../../format';
import { useLoad } from '../../load';
import { instrumentName, instruments, stepName, voucherStateName } from '../../names';
import type { PageProps } from '../../pages';
import { Link, payoutHref, ticketHref } from '../../route';
import type { Payout, PayoutLife, PayoutStep } from '../../types';
import { Button, ButtonLink, CommandBox, ErrorBox, Loading, PageHead, ReasonDialog, Select, Table, type Column } from '../../ui';
import { t } from './payouts.messages';
import { batchHref, PayoutBadge } from './payouts';
import './payouts.css';

export default function PayoutPage({ params }: PageProps) {
  const id = params['id'] ?? '';
  const loaded = useLoad<PayoutLife>(`/v1/payouts/${encodeURIComponent(id)}`, {}, { everyMs: 5000 });
  const life = loaded.value;
  return <>
    <PageHead title={t('lifeTitle', { id })}>{life?.payout && <PayoutBadge payout={life.payout} />}</PageHead>
    <ErrorBox error={loaded.error} onRetry={loaded.reload} />
    {life?.payout ? <>
      <Decisions payout={life.payout} onDone={loaded.reload} />
      <div class="columns">
        <section class="panel" aria-labelledby="facts"><h2 id="facts">{t('facts')}</h2><Facts payout={life.payout} /></section>
        <section class="panel" aria-labelledby="how"><h2 id="how">{t('how')}</h2><Sum life={life} /></section>
      </div>
      <section class="panel" aria-labelledby="life"><h2 id="life">{t('life')}</h2><Steps steps={life.steps ?? []} /></section>
      <CommandBox words={['lupaus', 'payouts', 'show', id]} />
    </> : !loaded.error && <Loading />}
  </>;
}

function Facts({ payout }: { payout: Payout }) {
  const facts: [string, ComponentChildren][] = [
    [t('amount'), <strong key="amount">{money(payout.amount) || '–'}</strong>],
    [t('ticket'), <Link key="ticket" href={ticketHref(payout.branch, payout.ticket)}>{payout.ticket}</Link>],
    [t('branch'), payout.branch],
    [t('promise'), payout.promise],
    [t('customer'), payout.customer],
    [t('instrument'), instrumentName(payout.instrument)],
    [t('voucher'), payout.voucher && `${payout.voucher} (${voucherStateName(payout.voucherState)}${payout.voucherExpiresAt ? `, ${t('expires', { time: instant(payout.voucherExpiresAt) })}` : ''})`],
    [t('reason'), payout.reason],
    [t('owedAt'), instant(payout.owedAt, 'second')],
    [t('dueDate'), payout.dueDate && <>{day(payout.dueDate)}{payout.dueMissed && <strong class="tone-bad"> {t('missed')}</strong>}</>],
    [t('claimUntil'), payout.claimUntil && instant(payout.claimUntil)],
    [t('batch'), payout.batch && <Link href={batchHref(payout.batch)}>{payout.batch}</Link>],
    [t('approvedBy'), payout.approvedBy?.join(', ')],
    [t('paidAt'), payout.paidAt && instant(payout.paidAt, 'second')],
    [t('reference'), payout.reference],
    [t('bankCode'), payout.bankCode],
    [t('reverses'), payout.reverses && <Link href={payoutHref(payout.reverses)}>{payout.reverses}</Link>],
    [t('reversedBy'), payout.reversedBy && <Link href={payoutHref(payout.reversedBy)}>{payout.reversedBy}</Link>],
    [t('lateOf'), payout.lateOf && <Link href={payoutHref(payout.lateOf)}>{payout.lateOf}</Link>],
  ];
  return <>
    <dl class="facts">{facts.map(([name, value]) => value ? [<dt key={`${name}-name`}>{name}</dt>, <dd key={name}>{value}</dd>] : null)}</dl>
    <p class="row">
      <ButtonLink href={ticketHref(payout.branch, payout.ticket)}>{t('proof')}</ButtonLink>
      <ButtonLink href={`/slip/${encodeURIComponent(payout.branch ?? '')}/${encodeURIComponent(payout.ticket ?? '')}`}>{t('slip')}</ButtonLink>
    </p>
  </>;
}

function Sum({ life }: { life: PayoutLife }) {
  const clauses = [life.tierClause, ...(life.capClauses ?? [])].filter(Boolean);
  return <>
    {life.computed && <p>{t('computed')}: <strong>{money(life.computed)}</strong></p>}
    {clauses.length > 0 && <ol class="clauses">{clauses.map((clause) => <li key={clause}><code>{clause}</code></li>)}</ol>}
  </>;
}

function Steps({ steps }: { steps: readonly PayoutStep[] }) {
  const columns: Column<PayoutStep>[] = [
    { key: 'at', head: t('at'), class: 'tight', cell: (one) => instant(one.at, 'exact') },
    { key: 'step', head: t('step'), isRowHead: true, cell: (one) => stepName(one.step) },
    { key: 'who', head: t('who'), cell: (one) => <>{one.actor || '–'}{one.actorKind === 'person' && !one.authenticated && <span class="faint"> {t('unauthenticated')}</span>}</> },
    { key: 'text', head: t('text'), cell: (one) => one.text || '–' },
    { key: 'position', head: t('position'), numeric: true, cell: (one) => one.position },
  ];
  return <Table caption={t('life')} columns={columns} rows={steps} rowKey={(one) => `${one.position} ${one.step}`} />;
}

type Decision = 'approve' | 'decline' | 'hold' | 'release' | 'change';
const decisionsOf: Record<string, readonly Decision[]> = {
  owed: ['hold', 'decline', 'change'], approved: ['hold', 'decline', 'change'], held: ['approve', 'release', 'decline', 'change'],
  claimable: ['decline'], failed: ['change', 'decline'], dispatched: ['change'],
};

function Decisions({ payout, onDone }: { payout: Payout; onDone: () => void }) {
  const [open, setOpen] = useState<Decision | undefined>(undefined);
  const decisions = decisionsOf[payout.state ?? ''] ?? [];
  return <>
    {decisions.length > 0 && (
      <div class="row" role="group" aria-label={t('actions')}>
        {decisions.map((one) => <Button key={one} kind={one === 'approve' ? 'primary' : one === 'decline' ? 'danger' : 'plain'} onClick={() => setOpen(one)}>{t(one)}</Button>)}
      </div>
    )}
    {open && <DecisionDialog payout={payout} decision={open} onClose={() => setOpen(undefined)} onDone={onDone} />}
  </>;
}

function DecisionDialog({ payout, decision, onClose, onDone }: { payout: Payout; decision: Decision; onClose: () => void; onDone: () => void }) {
  const others = instruments.filter((one) => one !== payout.instrument);
  const [instrument, setInstrument] = useState<string>(others[0] ?? '');
  const id = payout.id ?? '';
  const verb = decision === 'change' ? 'change-instrument' : decision;
  const send = (reason: string, requestId: string) =>
    post(`/v1/payouts/${encodeURIComponent(id)}:${verb}`, { reason, requestId, ...(decision === 'change' && { instrument }) });
  return (
    <ReasonDialog title={t(`${decision}Title`, { id })} text={t(`${decision}Text`)} verb={t(decision)} kind={decision === 'decline' ? 'danger' : 'primary'}
      isOptional={decision === 'approve' || decision === 'release'} send={send} onClose={onClose} onDone={onDone}>
      {decision === 'change' && (
        <Select label={t('newInstrument')} value={instrument} onChange={setInstrument} options={others.map((one) => [one, instrumentName(one)] as const)} />
      )}
    </ReasonDialog>
  );
}
