// The list of broken promises: filtered, ordered and with the columns that the address says, so that a link shows the
// same list. The first page follows what happens.
import { useEffect, useState } from 'preact/hooks';
import { ApiError, get } from '../../api';
import { count, duration, instant, money, number } from '../../format';
import { useLoad } from '../../load';
import { payoutStateName, verdictName, verdictTone } from '../../names';
import { Link, query, setQuery, ticketHref } from '../../route';
import type { ListBreachesResponse, SummarizeBreachesResponse, VerdictLine } from '../../types';
import { Button, Choice, CommandBox, Empty, ErrorBox, Loading, PageHead, StateBadge, Table, TextInput, Toolbar, type Column as Shown } from '../../ui';
import { askedOf, commandOf, paramsOf, type Asked } from './asked';
import { columnName, t } from './breaches.messages';
import { columns, columnsOf, usualColumns, type Column } from './columns';
import { csv, saveFile } from './csv';
import { ExcuseDialog } from './excuse';
import { FilterBox } from './filter_box';
import './breaches.css';

const kPageSize = 100;
const kExportPageSize = 1000;
const kRefreshMs = 3000;

function cellOf(column: Column, line: VerdictLine) {
  switch (column.id) {
    case 'ticket': return <Link href={ticketHref(line.branch, line.ticket)}>{line.label || line.ticket}</Link>;
    case 'verdict':
      return <><StateBadge tone={verdictTone(line.verdict)}>{verdictName(line.verdict)}</StateBadge>{!line.final && <small> {t('provisional')}</small>}</>;
    case 'final': return line.final ? t('final') : t('provisional');
    case 'started_at': case 'due_at': case 'stopped_at': case 'breached_at': return instant(column.value(line) as string | undefined);
    case 'counted': return duration(line.countedMs);
    case 'late_by': return line.lateByMs === undefined ? '–' : duration(line.lateByMs);
    case 'amount': return line.owed ? money(line.owed) : '–';
    case 'paid_state': return payoutStateName(line.paidState) || '–';
    default: return column.value(line) ?? '';
  }
}

const lineKey = (line: VerdictLine) => [line.branch, line.ticket, line.promise, line.cycle].join('/');

/** Values of what can be filtered by, for suggestions. */
function useKnown() {
  const keys = (by: string) => (useLoad<SummarizeBreachesResponse>('/v1/breaches:summarize', { by: [by] }).value?.rows ?? []).map((row) => row.keys?.[0] ?? '');
  const [branch, promise, service] = [keys('branch'), keys('promise'), keys('service')];
  return { branch, promise, service, verdict: ['breached', 'kept', 'excused', 'void', 'indeterminate', 'open'],
           paid_state: ['owed', 'approved', 'dispatched', 'paid', 'held', 'recorded', 'declined', 'failed'], currency: ['EUR'] };
}

/** All pages as a file; what it returns ends it. */
function useExport(asked: Asked, shown: readonly Column[]) {
  const [done, setDone] = useState<{ read: number; total: number } | undefined>(undefined);
  const [error, setError] = useState<ApiError | undefined>(undefined);
  const [abort, setAbort] = useState<AbortController | undefined>(undefined);
  const run = async () => {
    const stop = new AbortController();
    setAbort(stop);
    setError(undefined);
    const lines: VerdictLine[] = [];
    let token = '';
    try {
      do {
        const page: ListBreachesResponse = await get('/v1/breaches', paramsOf(asked, kExportPageSize, token), stop.signal);
        lines.push(...(page.lines ?? []));
        setDone({ read: lines.length, total: count(page.totalCount) });
        token = page.nextPageToken ?? '';
      } while (token);
      saveFile('breaches.csv', 'text/csv', csv(shown.map((column) => column.id), lines.map((line) => shown.map((column) => column.value(line)))));
    } catch (refused) {
      if (refused instanceof ApiError) setError(refused);
      else if (!stop.signal.aborted) throw refused;
    }
    setDone(undefined);
    setAbort(undefined);
  };
  return { run, done, error, cancel: () => abort?.abort() };
}

function ColumnChoice({ shown }: { shown: readonly Column[] }) {
  const ids = shown.map((column) => column.id);
  const choose = (id: string, isShown: boolean) => {
    const next = columns.map((column) => column.id).filter((one) => (one === id ? isShown : ids.includes(one)));
    if (next.length > 0) setQuery({ columns: next.join(',') === usualColumns.join(',') ? undefined : next.join(',') });
  };
  return (
    <details class="column-choice">
      <summary>{t('columns')}</summary>
      <div>{columns.map((column) => <Choice key={column.id} label={columnName(column.id)} checked={ids.includes(column.id)} onChange={(on) => choose(column.id, on)} />)}</div>
    </details>
  );
}

function Filters({ asked, fault }: { asked: Asked; fault: string }) {
  return (
    <>
      <FilterBox value={asked.filter} known={useKnown()} invalid={fault} onApply={(filter) => setQuery({ filter }, true)} />
      <Toolbar label={t('filter')}>
        <TextInput label={t('from')} type="date" value={asked.from} onChange={(from) => setQuery({ from })} />
        <TextInput label={t('until')} type="date" value={asked.until} onChange={(until) => setQuery({ until })} />
        <Choice label={t('all')} checked={asked.all} onChange={(all) => setQuery({ all: all ? '1' : undefined })} />
        {(['promise', 'branch'] as const).map((name) => asked[name] && (
          <Button key={name} onClick={() => setQuery({ [name]: undefined })}>{columnName(name)}: {asked[name]} <span aria-hidden="true">✕</span><span class="unseen">{t('clear')}</span></Button>
        ))}
      </Toolbar>
    </>
  );
}

export default function BreachesPage() {
  const asked = askedOf(query.value);
  const shown = columnsOf(query.value.get('columns'));
  const question = JSON.stringify(asked);
  const [more, setMore] = useState<{ question: string; lines: VerdictLine[]; token: string }>({ question, lines: [], token: '' });
  const [excused, setExcused] = useState<VerdictLine | undefined>(undefined);
  const [failure, setFailure] = useState<ApiError | undefined>(undefined);
  const hasMore = more.question === question && more.lines.length > 0;
  const { value: first, error, isLoading, reload } = useLoad<ListBreachesResponse>('/v1/breaches', paramsOf(asked, kPageSize),
                                                                                 hasMore ? {} : { everyMs: kRefreshMs });
  const file = useExport(asked, shown);
  useEffect(() => setFailure(undefined), [question]);
  const lines = [...(first?.lines ?? []), ...(hasMore ? more.lines : [])];
  const token = (hasMore ? more.token : first?.nextPageToken) ?? '';
  const readMore = async () => {
    try {
      const page = await get<ListBreachesResponse>('/v1/breaches', paramsOf(asked, kPageSize, token));
      setMore({ question, lines: [...(hasMore ? more.lines : []), ...(page.lines ?? [])], token: page.nextPageToken ?? '' });
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      setFailure(refused);
    }
  };
  const isFilterWrong = error?.code === 'INVALID_ARGUMENT' && asked.filter !== '';
  const [orderKey, orderWay] = asked.order.split(' ');
  const heads: Shown<VerdictLine>[] = shown.map((column) => ({
    key: column.id, head: columnName(column.id), cell: (line) => cellOf(column, line), numeric: column.isNumber, isRowHead: column.id === 'ticket', class: 'tight',
    ...(column.isOrdered && { sortBy: () => undefined }),
  }));
  heads.push({
    key: 'actions', head: <span class="unseen">{t('actions')}</span>, headText: t('actions'),
    cell: (line) => line.verdict === 'breached' && line.final && <Button kind="quiet" onClick={() => setExcused(line)}>{t('excuse')}<span class="unseen"> {line.label || line.ticket}</span></Button>,
  });
  return (
    <>
      <PageHead title={t('title')}>
        {first && <p class="faint" role="status">{t('shown', { shown: number(lines.length), total: number(first.totalCount) })}</p>}
      </PageHead>
      <Filters asked={asked} fault={isFilterWrong ? error.message : ''} />
      <div class="row">
        <ColumnChoice shown={shown} />
        {file.done ? <><span role="status">{t('exporting', { done: file.done.read, total: file.done.total })}</span><Button onClick={file.cancel}>{t('cancel')}</Button></>
          : <Button onClick={() => void file.run()} disabled={lines.length === 0}>{t('export')}</Button>}
      </div>
      <CommandBox words={commandOf(asked)} />
      <ErrorBox error={file.error ?? failure ?? (isFilterWrong ? undefined : error)} onRetry={reload} />
      {isLoading && !first && !error && <Loading />}
      {first && !isFilterWrong && (lines.length === 0 ? <Empty>{t('nothing')} {t('nothing_hint')}</Empty> : (
        <div class="breach-list">
          <Table caption={t('list')} columns={heads} rows={lines} rowKey={lineKey}
                 sort={orderKey ? { key: orderKey, down: orderWay === 'desc' } : undefined}
                 onSort={({ key, down }) => setQuery({ order: down ? `${key} desc` : key }, true)} />
        </div>
      ))}
      <div class="row">
        {token && <Button onClick={() => void readMore()}>{t('more')}</Button>}
        {first && <span class="faint">{t('position', { position: first.position ?? '0' })}</span>}
      </div>
      {excused && <ExcuseDialog line={excused} onClose={() => setExcused(undefined)} onDone={reload} />}
    </>
  );
}
