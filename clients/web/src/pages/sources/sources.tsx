// The page of sources: who has gone silent, whose clock is wrong, and which verdicts and sums hang on them.
import { useRef, useState } from 'preact/hooks';
import { post } from '../../api';
import { addMoney, count, duration, instant, number, sums } from '../../format';
import { useLoad } from '../../load';
import { sourceStateName } from '../../names';
import { Link, query, setQuery } from '../../route';
import type { Instant, ListSourcesResponse, Source } from '../../types';
import {
  Button, Choice, CommandBox, Empty, ErrorBox, Loading, PageHead, ReasonDialog, Select, Stat, StateBadge, StatRow, Table, Toolbar, type Column, type Tone,
} from '../../ui';
import { t } from './sources.messages';

/** A live source tells something at least every few seconds. */
const kSilentMs = 10_000;
/** Clocks that are further off than this are worth a word. */
const kSkewMs = 1_000;

export default function SourcesPage() {
  const branch = query.value.get('branch') ?? '';
  const holding = query.value.get('holding') === '1';
  const withRetired = query.value.get('retired') === '1';
  const only = query.value.get('source');
  const loaded = useLoad<ListSourcesResponse>('/v1/sources', { branch, holding }, { everyMs: 3000 });
  const [retiring, setRetiring] = useState<Source | undefined>(undefined);
  const all = loaded.value?.sources ?? [];
  const shown = all.filter((one) => (withRetired || one.state !== 'retired') && (!only || one.id === only));
  return <>
    <PageHead title={t('title')}>{loaded.value?.asOf && <p class="faint">{t('asOf', { time: instant(loaded.value.asOf, 'time') })}</p>}</PageHead>
    <Filters sources={all} branch={branch} holding={holding} withRetired={withRetired} />
    <ErrorBox error={loaded.error} onRetry={loaded.reload} />
    {loaded.value ? <>
      <Figures sources={shown} />
      {shown.length ? <SourceTable sources={shown} asOf={loaded.value.asOf} onRetire={setRetiring} /> : <Empty>{t('none')}</Empty>}
      <CommandBox words={['lupaus', 'sources', 'list']} />
    </> : !loaded.error && <Loading />}
    {retiring && (
      <ReasonDialog title={t('retireTitle', { source: retiring.id ?? '' })} text={t('retireText')} verb={t('retire')} kind="danger"
        send={(reason, requestId) => post('/v1/sources:retire', { source: retiring.id, reason, requestId })}
        onClose={() => setRetiring(undefined)} onDone={loaded.reload} />
    )}
  </>;
}

function Filters({ sources, branch, holding, withRetired }: { sources: readonly Source[]; branch: string; holding: boolean; withRetired: boolean }) {
  const known = useRef(new Set<string>());
  for (const source of sources) for (const name of source.branches ?? []) known.current.add(name);
  if (branch) known.current.add(branch);
  return (
    <Toolbar label={t('filters')}>
      <Select label={t('branch')} value={branch} onChange={(value) => setQuery({ branch: value, source: undefined })}
        options={[['', t('allBranches')], ...[...known.current].sort().map((name) => [name, name] as const)]} />
      <Choice label={t('holdingOnly')} checked={holding} onChange={(on) => setQuery({ holding: on ? '1' : undefined })} />
      <Choice label={t('withRetired')} checked={withRetired} onChange={(on) => setQuery({ retired: on ? '1' : undefined })} />
    </Toolbar>
  );
}

function isSilent(source: Source): boolean {
  return source.silentMs !== undefined && count(source.silentMs) > kSilentMs;
}

function Figures({ sources }: { sources: readonly Source[] }) {
  const silent = sources.filter(isSilent).length;
  const held = sources.reduce((sum, one) => sum + count(one.heldVerdictCount), 0);
  return (
    <StatRow label={t('figures')}>
      <Stat name={t('all')} value={number(sources.length)} />
      <Stat name={t('silentOnes')} value={number(silent)} tone={silent ? 'warn' : 'good'} />
      <Stat name={t('heldVerdicts')} value={number(held)} tone={held ? 'warn' : 'good'} href={held ? '/sources?holding=1' : undefined} />
      <Stat name={t('heldMoney')} value={sums(addMoney(sources.flatMap((one) => one.heldAmounts ?? [])))} />
    </StatRow>
  );
}

function toneOf(source: Source): Tone {
  if (source.state === 'retired' || source.state === 'closed') return 'idle';
  if (source.state === 'declared') return 'warn';
  return isSilent(source) ? count(source.heldVerdictCount) ? 'bad' : 'warn' : 'good';
}

function Skew({ source }: { source: Source }) {
  const skew = count(source.skewMs);
  const text = Math.abs(skew) < kSkewMs ? t('exact') : t(skew > 0 ? 'behind' : 'ahead', { time: duration(Math.abs(skew)) });
  return <>{text}{source.isCorrected && <span class="faint"> ({t('corrected')})</span>}</>;
}

/** Branches that its name does not tell already. */
function elsewhere(source: Source): string[] {
  return (source.branches ?? []).filter((name) => !source.id?.startsWith(`${name}/`));
}

/** The time alone within a day. */
function heardText(at: Instant | undefined, asOf: Instant | undefined): string {
  const isRecent = at && asOf && Date.parse(asOf) - Date.parse(at) < 86_400_000;
  return instant(at, isRecent ? 'time' : 'minute');
}

function SourceTable({ sources, asOf, onRetire }: { sources: readonly Source[]; asOf: Instant | undefined; onRetire: (source: Source) => void }) {
  const columns: Column<Source>[] = [
    { key: 'source', head: t('source'), isRowHead: true, class: 'tight', sortBy: (one) => one.id, cell: (one) => <>
      {one.id}
      {elsewhere(one).map((name) => <div key={name}><Link href={`/?branch=${encodeURIComponent(name)}`}>{name}</Link></div>)}
      {count(one.twinCount) > 0 && <div class="tone-warn"><span aria-hidden="true">▲ </span>{t('twins', { count: count(one.twinCount) })}</div>}
      {count(one.rejectedCount) > 0 && <div class="faint">{t('rejected', { count: count(one.rejectedCount) })}</div>}
      {one.retiredReason && <div class="faint">{t('retired', { reason: one.retiredReason })}</div>}
    </> },
    { key: 'state', head: t('state'), sortBy: (one) => one.state, cell: (one) => <StateBadge tone={toneOf(one)}>{isSilent(one) ? t('silentOnes') : sourceStateName(one.state)}</StateBadge> },
    { key: 'silent', head: t('silence'), numeric: true, sortBy: (one) => count(one.silentMs),
      cell: (one) => one.silentMs === undefined ? '–' : <span class={isSilent(one) ? 'tone-warn' : undefined}>{duration(Math.floor(count(one.silentMs) / 1000) * 1000)}</span> },
    { key: 'held', head: t('held'), numeric: true, sortBy: (one) => count(one.heldVerdictCount), cell: (one) => <HeldCell source={one} /> },
    { key: 'sum', head: t('heldSum'), numeric: true, cell: (one) => sums(one.heldAmounts) },
    { key: 'backlog', head: t('backlog'), numeric: true, sortBy: (one) => count(one.backlogCount), cell: (one) => number(one.backlogCount) },
    { key: 'skew', head: t('skew'), sortBy: (one) => Math.abs(count(one.skewMs)), cell: (one) => <Skew source={one} /> },
    { key: 'last', head: t('lastHeard'), class: 'tight', sortBy: (one) => one.lastReceivedAt ?? '', cell: (one) => heardText(one.lastReceivedAt, asOf) },
    { key: 'action', head: <span class="unseen">{t('action')}</span>, headText: t('action'), cell: (one) => one.state !== 'retired' &&
      <Button onClick={() => onRetire(one)} aria-label={`${t('retire')}: ${one.id}`}>{t('retire')}</Button> },
  ];
  return <Table caption={t('caption')} columns={columns} rows={sources} rowKey={(one) => one.id ?? ''} sort={{ key: 'held', down: true }} />;
}

/** The verdicts that wait are the broken ones of its branches that are not final; a source need not have told its branches. */
function HeldCell({ source }: { source: Source }) {
  const held = count(source.heldVerdictCount);
  const branch = source.branches?.[0];
  if (!held) return <>{number(held)}</>;
  return <Link href={`/breaches?${new URLSearchParams({ all: '1', ...(branch && { branch }), filter: '!final && verdict == "breached"' })}`}>{number(held)}</Link>;
}
