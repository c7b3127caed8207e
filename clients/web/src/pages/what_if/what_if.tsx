// "10 minutes or EUR 15": what other limits and amounts would have cost, over the server's own history.
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, postStream } from '../../api';
import { count, instant, number } from '../../format';
import { useLoad } from '../../load';
import { query, setQuery } from '../../route';
import type { BacktestGrid, BacktestHead, BacktestProgress, Diagnostic, GetPublicationResponse, PublishedPromise, RunBacktestRequest, RunBacktestResponse } from '../../types';
import { Bar, Button, CommandBox, Empty, ErrorBox, Loading, PageHead, Select } from '../../ui';
import { Chosen, GridTable, type Place } from './grid';
import { firstSum, gridOf, kVariantsMax, sizeOf, sweepsOf, todayOf, unitOf, usualRanges, type Range } from './variants';
import { progressName, t } from './what_if.messages';
import './what_if.css';

interface RangeProps { legend: string; range: Range; onChange: (range: Range) => void }

function RangeFields({ legend, range, onChange }: RangeProps) {
  const field = (name: keyof Range, words: string) => (
    <label>{words}
      <input type="number" min={1} step="any" inputMode="decimal" required value={range[name]} onInput={(event) => onChange({ ...range, [name]: event.currentTarget.valueAsNumber })} />
    </label>
  );
  return <fieldset class="range"><legend>{legend}</legend>{field('from', t('from'))}{field('to', t('to'))}{field('step', t('step'))}</fieldset>;
}

interface Run { progress?: BacktestProgress; head?: BacktestHead; grid?: BacktestGrid; diagnostics?: Diagnostic[]; error?: ApiError; isCancelled?: boolean; isRunning: boolean }

/** One calculation at a time; leaving the page ends it. */
function useBacktest() {
  const [run, setRun] = useState<Run>({ isRunning: false });
  const stop = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const start = async (request: RunBacktestRequest) => {
    stop.current?.abort();
    const abort = stop.current = new AbortController();
    const put = (part: Partial<Run>) => setRun((before) => ({ ...before, ...part }));
    setRun((before) => ({ isRunning: true, ...(before.grid && before.head && { grid: before.grid, head: before.head }) }));
    try {
      await postStream<RunBacktestResponse>('/v1/backtests:run', request, ({ progress, head, grid, diagnostics }) => put({
        ...(progress && { progress }), ...(head && { head }), ...(grid && { grid }), ...(diagnostics && { diagnostics: diagnostics.diagnostics ?? [] }),
      }), abort.signal);
      put({ isRunning: false });
    } catch (error) {
      if (error instanceof ApiError) put({ isRunning: false, error });
      else if (abort.signal.aborted) put({ isRunning: false, isCancelled: true });
      else throw error;
    }
  };
  return { run, start, cancel: () => stop.current?.abort() };
}

function Progress({ progress }: { progress: BacktestProgress | undefined }) {
  const total = count(progress?.totalCount);
  return (
    <div class="progress">
      <span>{progressName(progress?.what ?? 'reading facts')}{total > 0 && ` ${number(progress?.doneCount)} / ${number(total)}`}</span>
      <Bar part={total > 0 ? count(progress?.doneCount) / total : 0} label={progressName(progress?.what ?? 'reading facts')} />
    </div>
  );
}

function Result({ run, promise }: { run: Run; promise: PublishedPromise | undefined }) {
  const [chosen, setChosen] = useState<Place | undefined>(undefined);
  const grid = run.grid && gridOf(run.grid);
  useEffect(() => setChosen(undefined), [run.grid]);
  if (!grid) return null;
  if (grid.cells.flat().every((cell) => count(cell.commitmentsCount) === 0)) return <Empty>{t('nothing')}</Empty>;
  const today = todayOf(grid, promise);
  const at = chosen ?? { row: Math.max(0, today.row), column: Math.max(0, today.column) };
  const { head } = run;
  return (
    <>
      <Chosen grid={grid} at={at} today={today} onChoose={setChosen} />
      <GridTable grid={grid} at={at} today={today} onChoose={setChosen} />
      {head && <p class="hint">{t('span', { events: count(head.eventsCount), from: instant(head.firstAt), until: instant(head.lastAt), position: head.position ?? '0' })}
        {(head.leftOut ?? []).map((one) => <> {t('left_out', { count: count(one.eventsCount), reason: one.reason ?? '' })}</>)}
        {(run.grid?.notes ?? []).map((note) => <span key={note} lang="en"> {note}.</span>)}</p>}
    </>
  );
}

function Form({ book, promise, names }: { book: GetPublicationResponse; promise: PublishedPromise; names: readonly string[] }) {
  const usual = usualRanges(promise);
  const unit = unitOf(promise);
  const [limits, setLimits] = useState(usual.limits);
  const [sums, setSums] = useState(usual.sums);
  const { run, start, cancel } = useBacktest();
  const variants = (limits ? sizeOf(limits) : 1) * (sums ? sizeOf(sums) : 1);
  const sweeps = sweepsOf(limits, sums, unit);
  const isPossible = sweeps.length > 0 && variants > 0 && variants <= kVariantsMax;
  const send = (event: Event) => {
    event.preventDefault();
    void start({ files: book.files ?? [], sweeps, promise: promise.name ?? '' });
  };
  return (
    <>
      <form class="panel ranges" onSubmit={send}>
        <Select label={t('promise')} value={promise.name ?? ''} onChange={(name) => setQuery({ promise: name })} options={names.map((name) => [name, name] as const)} />
        {limits ? <RangeFields legend={t(unit === 's' ? 'limits_seconds' : 'limits')} range={limits} onChange={setLimits} /> : <p class="hint">{t('not_lengths')}</p>}
        {sums && <RangeFields legend={t('amounts', { currency: firstSum(promise)?.currency ?? '' })} range={sums} onChange={setSums} />}
        <div class="row">
          {run.isRunning ? <Button onClick={cancel}>{t('cancel')}</Button>
            : <Button type="submit" kind="primary" disabled={!isPossible}>{run.grid ? t('again') : t('run')}</Button>}
          <span class="faint" role="status">{variants > kVariantsMax ? t('too_many', { max: kVariantsMax }) : t('variants', { count: variants })}</span>
        </div>
        {run.isRunning && <Progress progress={run.progress} />}
        {run.isCancelled && <p role="status">{t('cancelled')}</p>}
      </form>
      <CommandBox words={['lupaus', 'backtest', '--promises', 'deploy/promises', '--promise', promise.name, ...sweeps.flatMap((sweep) => ['--sweep', sweep])]} />
      {run.error?.code === 'FAILED_PRECONDITION' && run.error.message === '' ? <p role="alert">{t('busy')}</p> : <ErrorBox error={run.error} />}
      {run.diagnostics?.map((one, i) => <p key={i} class="fault" lang="en">{one.file}:{one.line}:{one.column} {one.code} {one.message}. {one.hint}</p>)}
      <div aria-busy={run.isRunning}><div class="result"><Result run={run} promise={promise} /></div></div>
    </>
  );
}

export default function WhatIfPage() {
  const { value: book, error, reload } = useLoad<GetPublicationResponse>('/v1/publications/0');
  const promises = (book?.promises ?? []).filter((one) => !one.isUpcoming);
  const wanted = query.value.get('promise');
  const promise = promises.find((one) => one.name === wanted) ?? promises.find((one) => firstSum(one)) ?? promises[0];
  const isEmpty = error?.code === 'NOT_FOUND' || (book && !promise);
  return (
    <>
      <PageHead title={t('title')} />
      <p class="hint">{t('intro')}</p>
      {isEmpty ? <Empty>{t('none')}</Empty> : <ErrorBox error={error} onRetry={reload} />}
      {!book && !error && <Loading />}
      {book && promise && <Form key={promise.name} book={book} promise={promise} names={promises.map((one) => one.name ?? '')} />}
    </>
  );
}
