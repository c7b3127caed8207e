// A ticket and its proof: each promise with its verdict, what happened when, by which rules, and what is owed to the cent.
import { Stretch } from '../../charts/stretch';
import { count, duration, instant, money } from '../../format';
import { useLoad } from '../../load';
import { payoutStateName, verdictName, verdictTone } from '../../names';
import type { PageProps } from '../../pages';
import { Link, payoutHref, ticketHref } from '../../route';
import type { ExplainTicketResponse, ListPayoutsResponse, Payout, VerdictLine } from '../../types';
import { ButtonLink, CommandBox, Empty, ErrorBox, Loading, PageHead, Stat, StatRow, Table } from '../../ui';
import { sayNote } from './notes';
import { eventName, t } from './ticket.messages';
import { readTrace, type TracePart } from './trace';
import './ticket.css';

/** Open tickets are asked about again so often. */
const kRefreshMs = 3000;

function Timeline({ part }: { part: TracePart }) {
  return (
    <Table caption={t('timeline')} rows={part.rows} rowKey={(row) => `${part.rows.indexOf(row)}`} columns={[
      { key: 'at', head: t('time'), cell: (row) => row.at, isRowHead: true },
      { key: 'event', head: t('event'), cell: (row) => eventName(row.event) },
      { key: 'note', head: t('meaning'), cell: (row) => {
        const said = sayNote(row.note);
        return <span lang={said.inLang}>{said.text}</span>;
      } },
    ]} />
  );
}

function Reasons({ part }: { part: TracePart }) {
  if (part.reasons.length === 0) return null;
  return (
    <details open>
      <summary>{t('why')}</summary>
      <ul class="reasons" lang="en">{part.reasons.map((reason, i) => <li key={i}>{reason}</li>)}</ul>
    </details>
  );
}

function Picture({ line }: { line: VerdictLine }) {
  if (!line.startedAt || !line.stoppedAt) return null;
  const dueAt = line.dueAt ? Date.parse(line.dueAt) : null;
  return <Stretch startedAt={Date.parse(line.startedAt)} dueAt={dueAt} stoppedAt={Date.parse(line.stoppedAt)} isLate={line.lateByMs !== undefined}
                  time={(at) => instant(at, 'time')} dueText={t('due', { at: instant(dueAt ?? 0, 'time') })} />;
}

function Commitment({ line, part, payout }: { line: VerdictLine; part: TracePart | undefined; payout: Payout | undefined }) {
  const late = line.lateByMs === undefined ? undefined : t('late', { late: duration(line.lateByMs) });
  return (
    <section class="panel">
      <h2>{line.promise} <span class="faint">{t('revision', { revision: line.revision ?? 1 })}{(line.cycle ?? 1) > 1 && `, ${t('cycle', { cycle: line.cycle ?? 1 })}`}</span></h2>
      <StatRow label={line.promise ?? ''}>
        <Stat name={t('verdict')} tone={verdictTone(line.verdict)} value={verdictName(line.verdict)} note={line.final ? t('final') : t('provisional')} />
        <Stat name={t('waited')} value={duration(line.countedMs)} note={late ?? ''} />
        <Stat name={t('owed')} value={line.owed ? money(line.owed) : t('nothing')} note={payoutStateName(line.paidState)} />
      </StatRow>
      <Picture line={line} />
      {part && <><h3>{t('timeline')}</h3><Timeline part={part} /><Reasons part={part} /></>}
      {payout && <p><Link href={payoutHref(payout.id)}>{t('to_payout')}: {payout.id}</Link></p>}
    </section>
  );
}

function NotRunning({ parts }: { parts: readonly TracePart[] }) {
  if (parts.length === 0) return null;
  return (
    <details>
      <summary>{t('not_run')} ({parts.length})</summary>
      {parts.map((part) => (
        <div key={part.promise}><h3>{part.promise}</h3><ul class="reasons" lang="en">{part.reasons.map((reason, i) => <li key={i}>{reason}</li>)}</ul></div>
      ))}
    </details>
  );
}

function sumOf(text: string): string {
  return text.split(' + ').map((part) => {
    const [currency = '', amount] = part.split(' ');
    return amount === undefined ? part : money({ currency, amount });
  }).join(' + ');
}

export default function TicketPage({ params }: PageProps) {
  const { branch = '', ticket = '' } = params;
  const path = `/v1/tickets/${encodeURIComponent(ticket)}:explain`;
  const { value, error, isLoading, reload } = useLoad<ExplainTicketResponse>(path, { branch }, { everyMs: kRefreshMs });
  // The address may hold a label; the answer holds the ticket's id.
  const id = value?.lines?.[0]?.ticket ?? ticket;
  const payouts = useLoad<ListPayoutsResponse>(value ? '/v1/payouts' : null, { branch, ticket: id }).value?.payouts ?? [];
  const lines = value?.lines ?? [];
  const trace = readTrace(value?.trace ?? '');
  const payoutOf = (line: VerdictLine) => payouts.find((one) => one.promise === line.promise && count(one.cycle ?? 1) === count(line.cycle ?? 1) && one.ticket === line.ticket);
  return (
    <>
      <PageHead title={t('title', { label: value?.label || ticket })}>
        <p class="faint">{t('of_branch', { branch })}{id !== value?.label && ` · ${id}`}</p>
        <ButtonLink href={ticketHref(branch, id).replace('/tickets/', '/slip/')}>{t('slip')}</ButtonLink>
      </PageHead>
      <ErrorBox error={error} onRetry={reload} />
      {isLoading && !value && !error && <Loading />}
      {value && lines.length === 0 && <Empty>{t('no_promise')}</Empty>}
      {value && <StatRow label={t('total')}><Stat name={t('total')} value={trace.owed ? sumOf(trace.owed) : '–'} /></StatRow>}
      {lines.map((line, i) => <Commitment key={`${line.promise} ${line.cycle}`} line={line} part={trace.parts[i]} payout={payoutOf(line)} />)}
      {value && <NotRunning parts={trace.parts.slice(lines.length)} />}
      {value && <details><summary>{t('as_text')}</summary><div class="scroll" tabIndex={0} role="region" aria-label={t('as_text')}><pre class="trace" lang="en">{value.trace}</pre></div></details>}
      <CommandBox words={['lupaus', 'explain', id, '--branch', branch]} />
    </>
  );
}
