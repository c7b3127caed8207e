// The live page: who waits at a branch, or at all of them, how long each has left, and what it costs to be late.
import { useState } from 'preact/hooks';
import { callNext, figuresOf, rowsOf, todayOf, type BoardRow, type BoardState } from '../../board';
import { t as words } from '../../board.messages';
import { BoardBadge, LimitBar, leftText, silentText } from '../../board_parts';
import { instant, money, number, shortMoney, stopwatch, sums } from '../../format';
import { useLoad } from '../../load';
import { Link, query, setQuery, ticketHref } from '../../route';
import type { ListSourcesResponse } from '../../types';
import { Button, Empty, ErrorBox, Loading, PageHead, Select, Stat, StatRow, Table, Toolbar, type Column } from '../../ui';
import { useBoard, type LiveBoard } from '../../use_board';
import { t } from './live.messages';
import './live.css';

const kRowsMax = 200;
const states: readonly BoardState[] = ['broken', 'at-risk', 'on-time', 'paused'];

export default function LivePage() {
  const branch = query.value.get('branch') ?? '';
  const state = states.find((one) => one === query.value.get('state'));
  const live = useBoard(branch);
  const rows = rowsOf(live.board, live.now);
  return <>
    <PageHead title={t('title')}>
      <Freshness live={live} branch={branch} />
    </PageHead>
    <Filters live={live} branch={branch} state={state} />
    {live.state === 'lost' && live.error && <ErrorBox error={live.error} />}
    <Silent live={live} />
    {live.board.hasBegun ? <>
      {branch ? <Next rows={rows} /> : <Branches live={live} rows={rows} />}
      <Figures live={live} rows={rows} branch={branch} />
      <Rows rows={state ? rows.filter((row) => row.state === state) : rows} isFiltered={state !== undefined} branch={branch} />
    </> : <Loading />}
  </>;
}

function Freshness({ live, branch }: { live: LiveBoard; branch: string }) {
  if (!live.board.hasBegun) return null;
  const told = branch && live.board.watermark ? ` · ${t('told', { time: instant(live.board.watermark, 'time') })}` : '';
  return (
    <p class="faint">
      {live.state === 'lost' ? t('reconnecting') : t('serverTime', { time: instant(live.now, 'time') }) + told}
    </p>
  );
}

function Filters({ live, branch, state }: { live: LiveBoard; branch: string; state: BoardState | undefined }) {
  const sources = useLoad<ListSourcesResponse>('/v1/sources');
  const known = new Set(sources.value?.sources?.flatMap((source) => source.branches ?? []));
  for (const name of live.board.today.keys()) known.add(name);
  for (const ticket of live.board.tickets.values()) known.add(ticket.branch ?? '');
  if (branch) known.add(branch);
  known.delete('');
  return (
    <Toolbar label={t('filters')}>
      <Select label={t('branch')} value={branch} onChange={(value) => setQuery({ branch: value }, true)}
        options={[['', t('allBranches')], ...[...known].sort().map((name) => [name, name] as const)]} />
      <Select label={t('state')} value={state ?? ''} onChange={(value) => setQuery({ state: value })}
        options={[['', t('every')], ...states.map((one) => [one, words(one)] as const)]} />
      <a class="button quiet" href={`/wall${branch && `?branch=${encodeURIComponent(branch)}`}`}>{t('openWall')}</a>
    </Toolbar>
  );
}

function Silent({ live }: { live: LiveBoard }) {
  if (live.board.silent.length === 0) return null;
  return (
    <ul class="silent" aria-label={t('silent')} aria-live="polite">
      {live.board.silent.map((source) => (
        <li key={source.source}><span aria-hidden="true">▲ </span><Link href={`/sources?source=${encodeURIComponent(source.source ?? '')}`}>{silentText(source, live.now)}</Link></li>
      ))}
    </ul>
  );
}

/** "Call A107 next: saves EUR 10". */
function Next({ rows }: { rows: readonly BoardRow[] }) {
  const next = callNext(rows);
  if (!next) return null;
  return (
    <p class={`next ${next.state}`}>
      <Link href={ticketHref(next.branch, next.ticket)}>{words('callNext', { label: next.label })}</Link>
      <span>{next.stake && <strong>{words('saves', { sum: shortMoney(next.stake) })}</strong>}<span class="faint"> {words('dueIn', { left: stopwatch(next.leftMs ?? 0) })}</span></span>
    </p>
  );
}

function Figures({ live, rows, branch }: { live: LiveBoard; rows: readonly BoardRow[]; branch: string }) {
  const figures = figuresOf(rows);
  const today = todayOf(live.board);
  const hrefOf = (state?: BoardState) => `/?${new URLSearchParams({ ...(branch && { branch }), ...(state && { state }) })}`;
  const date = new Date(live.now);
  const from = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((n) => String(n).padStart(2, '0')).join('-');
  const listOf = (more: Record<string, string>) => `/breaches?${new URLSearchParams({ ...(branch && { branch }), from, ...more })}`;
  return <>
    <StatRow label={t('figures')}>
      <Stat name={words('waiting')} value={number(figures.waiting)} href={hrefOf()} />
      <Stat name={words('at-risk')} value={number(figures.atRisk)} tone="warn" href={hrefOf('at-risk')} />
      <Stat name={words('broken')} value={number(figures.broken)} tone="bad" href={hrefOf('broken')}
        note={figures.lost.length ? t('lost', { sum: sums(figures.lost) }) : undefined} />
      <Stat name={words('atStake')} value={sums(figures.atStake)} href={hrefOf()}
        note={figures.atRiskStake.length ? t('ofThem', { sum: sums(figures.atRiskStake) }) : undefined} />
    </StatRow>
    <StatRow label={t('today')}>
      <Stat name={words('keptToday')} value={number(today.kept)} tone="good" href={listOf({ all: '1', filter: 'verdict == "kept"' })} />
      <Stat name={words('brokenToday')} value={number(today.broken)} tone="bad" href={listOf({})} />
      <Stat name={words('owedToday')} value={sums(today.owed)} href={listOf({ filter: 'amount > 0.0' })} />
    </StatRow>
  </>;
}

interface BranchFigures { name: string; rows: BoardRow[] }

/** All branches: one line each, and whom each should call. */
function Branches({ live, rows }: { live: LiveBoard; rows: readonly BoardRow[] }) {
  const names = new Set([...live.board.today.keys(), ...rows.map((row) => row.branch)]);
  if (names.size < 2) return <Next rows={rows} />;
  const all: BranchFigures[] = [...names].sort().map((name) => ({ name, rows: rows.filter((row) => row.branch === name) }));
  const columns: Column<BranchFigures>[] = [
    { key: 'name', head: t('branch'), isRowHead: true, class: 'tight', sortBy: (one) => one.name, cell: (one) => <Link href={`/?branch=${encodeURIComponent(one.name)}`}>{one.name}</Link> },
    { key: 'next', head: t('perBranch'), class: 'tight', cell: (one) => <NextCell rows={one.rows} /> },
    { key: 'waiting', head: words('waiting'), numeric: true, sortBy: (one) => one.rows.length, cell: (one) => number(one.rows.length) },
    { key: 'risk', head: words('at-risk'), numeric: true, sortBy: (one) => figuresOf(one.rows).atRisk, cell: (one) => number(figuresOf(one.rows).atRisk) },
    { key: 'broken', head: words('broken'), numeric: true, sortBy: (one) => figuresOf(one.rows).broken, cell: (one) => number(figuresOf(one.rows).broken) },
    { key: 'stake', head: words('atStake'), numeric: true, cell: (one) => sums(figuresOf(one.rows).atStake) },
    { key: 'kept', head: words('keptToday'), numeric: true, sortBy: (one) => todayOf(live.board, one.name).kept, cell: (one) => number(todayOf(live.board, one.name).kept) },
    { key: 'brokenToday', head: words('brokenToday'), numeric: true, sortBy: (one) => todayOf(live.board, one.name).broken, cell: (one) => number(todayOf(live.board, one.name).broken) },
    { key: 'owed', head: words('owedToday'), numeric: true, cell: (one) => sums(todayOf(live.board, one.name).owed) },
  ];
  return <Table caption={t('branches')} columns={columns} rows={all} rowKey={(one) => one.name} />;
}

function NextCell({ rows }: { rows: readonly BoardRow[] }) {
  const next = callNext(rows);
  if (!next) return <span class="faint">–</span>;
  return <><Link href={ticketHref(next.branch, next.ticket)}>{next.label}</Link>{next.stake && <span class="faint"> {words('saves', { sum: shortMoney(next.stake) })}</span>}</>;
}

function Rows({ rows, isFiltered, branch }: { rows: readonly BoardRow[]; isFiltered: boolean; branch: string }) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? rows : rows.slice(0, kRowsMax);
  const columns: Column<BoardRow>[] = [
    { key: 'ticket', head: t('ticket'), isRowHead: true, class: 'label', cell: (row) => <Link href={ticketHref(row.branch, row.ticket)}>{row.label}</Link> },
    { key: 'state', head: t('state'), class: 'tight', cell: (row) => <BoardBadge state={row.state} /> },
    { key: 'left', head: words('left'), class: 'left', cell: (row) => <><span class={`time ${row.state}`}>{leftText(row)}</span><LimitBar row={row} /></> },
    { key: 'stake', head: words('atStake'), numeric: true, cell: (row) => money(row.stake) || '–' },
    { key: 'waited', head: t('waited'), numeric: true, class: 'wide', cell: (row) => stopwatch(row.countedMs) },
    { key: 'service', head: t('service'), class: 'wide', cell: (row) => row.service || '–' },
    { key: 'promise', head: t('promise'), class: 'wide', cell: (row) => <>{row.promise}{row.moreClocks > 0 && <span class="faint"> {t('clocks', { count: row.moreClocks })}</span>}</> },
    ...(branch ? [] : [{ key: 'branch', head: t('branch'), class: 'wide', cell: (row: BoardRow) => <Link href={`/?branch=${encodeURIComponent(row.branch)}`}>{row.branch}</Link> }]),
  ];
  if (rows.length === 0) return <Empty>{isFiltered ? t('none') : words('nobodyWaits')}</Empty>;
  return (
    <div class="board">
      <Table caption={t('caption')} columns={columns} rows={shown} rowKey={(row) => row.key} />
      {rows.length > shown.length && (
        <p class="row">{t('more', { count: rows.length - shown.length })} <Button onClick={() => setWhole(true)}>{t('showAll')}</Button></p>
      )}
    </div>
  );
}
