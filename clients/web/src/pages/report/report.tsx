// A period's report: whether the promise was kept, where, when and what it cost. Two pages on paper; on the screen every
// figure leads to the commitments that were counted in it.
import { useState } from 'preact/hooks';
import { count, duration, instant, number, percent, sums } from '../../format';
import { lang } from '../../i18n';
import { useLoad } from '../../load';
import { query, setQuery } from '../../route';
import type { ListPromisesResponse, Report, SummarizeBreachesResponse, SummaryRow } from '../../types';
import { Button, Empty, ErrorBox, Loading, PageHead, Select, Stat, StatRow, TextInput, Toolbar } from '../../ui';
import { breachesHref, broken } from './links';
import { t } from './report.messages';
import { BurnSection, CostSection, HeatSection, WaitsSection } from './sections';
import { Branches, FeedbackSection, Parts, Payment, WorstHours, Why } from './tables';
import './report.css';

/** The keys of a summary by one thing; undefined until they are known. */
function useKeys(by: string): string[] | undefined {
  const { value } = useLoad<SummarizeBreachesResponse>('/v1/breaches:summarize', { by: [by] });
  return value && (value.rows ?? []).map((row) => row.keys?.[0] ?? '');
}

interface ChoicesProps { months: readonly string[]; period: string; promise: string; branch: string }

function Choices({ months, period, promise, branch }: ChoicesProps) {
  const branches = useKeys('branch') ?? [];
  const promises = useLoad<ListPromisesResponse>('/v1/promises').value?.promises ?? [];
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const optionsOf = (names: readonly string[], chosen: string) =>
    [...new Set([...names, chosen])].filter(Boolean).sort().map((name) => [name, name] as const);
  const choose = () => {
    setQuery({ period: typed ?? period }, true);
    setTyped(undefined);
  };
  return (
    <Toolbar label={t('choices')} onSubmit={choose}>
      <TextInput label={t('period')} value={typed ?? period} onChange={setTyped} list="months" maxLength={22} hint={t('period_hint')} />
      <datalist id="months">{[...months].reverse().map((month) => <option key={month} value={month} />)}</datalist>
      <Select label={t('promise')} value={promise} onChange={(name) => setQuery({ promise: name }, true)}
              options={optionsOf(promises.map((one) => one.name ?? ''), promise)} />
      <Select label={t('branch')} value={branch} onChange={(name) => setQuery({ branch: name }, true)}
              options={[['', t('all_branches')], ...optionsOf(branches, branch)]} />
      <Button type="submit" kind="primary">{t('show')}</Button>
      <Button onClick={() => window.print()}>{t('print')}</Button>
    </Toolbar>
  );
}

/** To the second, as the command line prints it. */
const wait = (ms: string | undefined) => duration(count(ms) < 1000 ? ms : Math.round(count(ms) / 1000) * 1000);

function KeyFigures({ report }: { report: Report }) {
  const { total, objectivePpm, allowedBreachesCount: allowed } = report;
  const isMet = count(report.keptPpm) >= count(objectivePpm);
  const isJudged = report.keptPpm !== undefined && objectivePpm !== undefined;
  const isMeasured = count(total?.waits?.count) > 0;
  return (
    <StatRow label={t('title')}>
      <Stat name={t('kept_rate')} value={percent(report.keptPpm)} href={breachesHref(report, { all: true })}
            {...(isJudged && { tone: isMet ? 'good' : 'bad' } as const)}
            note={objectivePpm === undefined ? t('no_objective') : `${t('objective', { p: percent(objectivePpm) })} · ${isMet ? t('met') : t('missed')}`} />
      <Stat name={t('broken')} value={number(total?.breachedCount)} href={breachesHref(report, { filter: broken })}
            note={t('broken_of', { n: count(total?.commitmentsCount) }) + (allowed === undefined ? '' : ` · ${t('allowed', { n: count(allowed) })}`)} />
      <Stat name={t('waited_typically')} value={isMeasured ? wait(total?.waits?.p50Ms) : '–'} href={breachesHref(report, { all: true, order: 'counted desc' })}
            note={isMeasured ? t('nine_of_ten', { t: wait(total?.waits?.p90Ms) }) : ''} />
      <Stat name={t('owed')} value={sums(total?.owed)} href={breachesHref(report, { filter: 'amount > 0.0', order: 'amount desc' })}
            note={`${t('paid', { m: sums(total?.paid) })} · ${report.budget?.currency ? t('of_budget', { m: sums([report.budget]) }) : t('no_budget')}`} />
    </StatRow>
  );
}

function Sheet({ report }: { report: Report }) {
  return (
    <article class="report">
      <p class="paper-only">{report.promise} · {report.firstDay} – {report.lastDay} · {report.branch || t('all_branches')}</p>
      <p class="wording">{report.wording?.[lang.value] ?? Object.values(report.wording ?? {})[0] ?? ''}</p>
      <KeyFigures report={report} />
      <div class="first-page">
        <WaitsSection report={report} />
        <HeatSection report={report} />
        <BurnSection report={report} />
        <CostSection report={report} />
      </div>
      <div class="second-page">
        <Branches report={report} />
        <div class="short-parts">
          <WorstHours report={report} />
          <Parts report={report} />
          <Why report={report} />
          <Payment report={report} />
          <FeedbackSection report={report} />
        </div>
      </div>
      <footer class="proof">
        {t('proof', { first: report.firstPosition ?? '–', last: report.lastPosition ?? '–' })} · {t('hash')} <code>{report.hash}</code> · {t('as_of', { t: instant(report.asOf) })}
      </footer>
    </article>
  );
}

/** The promise with most commitments in that month; in any, where the period is no month. */
function usualPromise(rows: readonly SummaryRow[], period: string): string {
  const inPeriod = rows.filter((row) => row.keys?.[0] === period);
  const sizes = new Map<string, number>();
  for (const row of inPeriod.length > 0 ? inPeriod : rows) {
    const name = row.keys?.[1] ?? '';
    sizes.set(name, (sizes.get(name) ?? 0) + count(row.commitmentsCount));
  }
  return [...sizes].reduce((most, one) => (one[1] > most[1] ? one : most), ['', 0] as const)[0];
}

export default function ReportPage() {
  const wanted = (name: string) => query.value.get(name) ?? '';
  const { value: known, error: refusal } = useLoad<SummarizeBreachesResponse>('/v1/breaches:summarize', { by: ['month', 'promise'] });
  const months = known && [...new Set((known.rows ?? []).map((row) => row.keys?.[0] ?? ''))].sort();
  const period = wanted('period') || months?.[months.length - 1] || '';
  const promise = wanted('promise') || usualPromise(known?.rows ?? [], period);
  const { value: report, error, isLoading, reload } = useLoad<Report>(
    (!known && !refusal) || period === '' ? null : `/v1/reports/${encodeURIComponent(period)}`, { promise, branch: wanted('branch') });
  const isEmpty = months !== undefined && period === '';
  return (
    <>
      <PageHead title={period ? `${t('title')} ${period}` : t('title')} />
      <Choices months={months ?? []} period={period} promise={promise || (report?.promise ?? '')} branch={wanted('branch')} />
      <ErrorBox error={error ?? refusal} onRetry={reload} />
      {isEmpty && <Empty>{t('nothing_yet')}</Empty>}
      {!isEmpty && isLoading && !report && <Loading />}
      {report && !error && (count(report.total?.commitmentsCount) === 0 ? <Empty>{t('nothing_in_period')}</Empty> : <Sheet report={report} />)}
    </>
  );
}
