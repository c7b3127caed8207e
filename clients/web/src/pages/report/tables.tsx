// The second page of the report: tables of what is too short or too wordy to draw.
import type { ComponentChildren } from 'preact';
import { Intervals } from '../../charts/intervals';
import { count, duration, number, percent, ppmOf, sums } from '../../format';
import { lang } from '../../i18n';
import { Link } from '../../route';
import type { BranchRate, Report, SummaryRow } from '../../types';
import { Table, type Column } from '../../ui';
import { intervalsOf } from './figures';
import { atHour, breachesHref, broken } from './links';
import { feedbackName, groupName, reasonName, t } from './report.messages';
import { weekdayNames } from './sections';

interface Props { report: Report }

/** How many branches fit on the paper. */
const kPrintedBranchesMax = 12;
/** And so many reasons. */
const kPrintedReasonsMax = 6;

export function Section({ title, says, isWide, children }: { title: string; says?: ComponentChildren; isWide?: boolean; children?: ComponentChildren }) {
  return (
    <section class={`chart ${isWide ? 'wide' : ''}`}>
      <h2>{title}</h2>
      {says !== undefined && <p class="chart-says">{says}</p>}
      {children}
    </section>
  );
}

/** Kept of kept and breached. */
const rateOf = (row: SummaryRow | undefined) =>
  percent(ppmOf(count(row?.keptCount), count(row?.keptCount) + count(row?.breachedCount)));

function Broken({ row, href }: { row: SummaryRow | undefined; href: string }) {
  return count(row?.breachedCount) > 0 ? <Link href={href}>{number(row?.breachedCount)}</Link> : <>0</>;
}

export function WorstHours({ report }: Props) {
  const long = weekdayNames('long');
  const rows = report.worstHours ?? [];
  if (rows.length === 0) return <Section title={t('worst')} says={t('heat_none')} />;
  const at = (row: SummaryRow): [number, number] => [Number(row.keys?.[0] ?? 1), Number(row.keys?.[1] ?? 0)];
  return (
    <Section title={t('worst')}>
      <Table caption={t('worst')} rows={rows} rowKey={(row) => at(row).join(' ')} columns={[
        { key: 'weekday', head: t('weekday'), cell: (row) => long[at(row)[0] - 1], isRowHead: true },
        { key: 'hour', head: t('hour'), cell: (row) => String(at(row)[1]).padStart(2, '0') },
        { key: 'breached', head: t('breached'), cell: (row) => <Broken row={row} href={breachesHref(report, { filter: atHour(...at(row)) })} />, numeric: true },
        { key: 'rate', head: t('kept_rate'), cell: rateOf, numeric: true },
        { key: 'owed', head: t('owed'), cell: (row) => sums(row.owed), numeric: true },
      ]} />
    </Section>
  );
}

export function Parts({ report }: Props) {
  const rows = report.parts ?? [];
  if (rows.length === 0) return null;
  const kind = (key: string | undefined) => (key === 'segment' ? t('segment') : t('service'));
  const href = (row: SummaryRow) => breachesHref(report, { filter: `${broken} && service == ${JSON.stringify(row.keys?.[1] ?? '')}` });
  return (
    <Section title={t('parts')}>
      <Table caption={t('parts')} rows={rows} rowKey={(row) => row.keys?.join(' ') ?? ''} columns={[
        { key: 'name', head: t('name'), class: 'tight', cell: (row) => <>{row.keys?.[1] || '–'} <small>({kind(row.keys?.[0])})</small></>, isRowHead: true },
        { key: 'count', head: t('count'), cell: (row) => number(row.commitmentsCount), numeric: true },
        { key: 'breached', head: t('breached'), cell: (row) => (row.keys?.[0] === 'service' ? <Broken row={row} href={href(row)} /> : number(row.breachedCount)), numeric: true },
        { key: 'rate', head: t('kept_rate'), cell: rateOf, numeric: true },
        { key: 'wait', head: t('waited_typically'), class: 'screen-only', cell: (row) => (count(row.waits?.count) > 0 ? duration(row.waits?.p50Ms) : '–'), numeric: true },
      ]} />
    </Section>
  );
}

function comparedText(branch: BranchRate): string {
  switch (branch.compared) {
    case 'above': return `▲ ${t('above')}`;
    case 'below': return `▼ ${t('below')}`;
    case 'same': return `= ${t('same')}`;
    default: return `? ${t('too_few')}`;
  }
}

export function Branches({ report }: Props) {
  const branches = report.branches ?? [];
  if (branches.length === 0) return null;
  const share = (ppm: string | undefined) => (ppm === undefined ? null : count(ppm) / 1_000_000);
  const nameOf = (branch: BranchRate) => branch.row?.keys?.[0] ?? '';
  const beyond = branches.length - kPrintedBranchesMax;
  const columns: Column<BranchRate>[] = [
    { key: 'branch', head: t('branch'), cell: nameOf, sortBy: nameOf, isRowHead: true, class: 'tight' },
    { key: 'rank', head: t('rank'), cell: (branch) => branch.rank || '–', numeric: true },
    { key: 'rate', head: t('kept_rate'), cell: (branch) => percent(branch.keptPpm), sortBy: (branch) => count(branch.keptPpm), numeric: true },
    { key: 'interval', head: t('interval'), class: 'tight', cell: (branch) => `${percent(branch.lowPpm, 0)} – ${percent(branch.highPpm, 0)}`, numeric: true },
    { key: 'breached', head: t('breached'), sortBy: (branch) => count(branch.row?.breachedCount), numeric: true,
      cell: (branch) => <Broken row={branch.row} href={breachesHref(report, { branch: nameOf(branch), filter: broken })} /> },
    { key: 'count', head: t('count'), cell: (branch) => number(branch.row?.commitmentsCount), sortBy: (branch) => count(branch.row?.commitmentsCount), numeric: true },
    { key: 'compared', head: t('compared'), cell: comparedText, class: 'tight' },
  ];
  return (
    <Section title={t('branches')} says={t('branches_says', { p: percent(report.keptPpm) })} isWide>
      {branches.length <= kPrintedBranchesMax && (
        <Intervals rows={intervalsOf(report)} all={share(report.keptPpm)} objective={share(report.objectivePpm)} percent={(of) => percent(of * 1_000_000, 0)} />
      )}
      <Table caption={t('branches')} rows={branches} rowKey={nameOf} columns={columns}
             rowClass={(branch) => (branches.indexOf(branch) >= kPrintedBranchesMax ? 'screen-only' : undefined)} />
      {beyond > 0 && <p class="paper-only">{t('more_rows', { n: beyond })}</p>}
    </Section>
  );
}

export function Why({ report }: Props) {
  const excused = count(report.total?.excusedCount);
  const says = t('why_says', {
    excused, open: count(report.total?.indeterminateCount), share: percent(ppmOf(excused, excused + count(report.total?.breachedCount))),
  });
  const rows = report.indeterminate ?? [];
  if (rows.length === 0) return <Section title={t('why')} says={says} />;
  return (
    <Section title={t('why')} says={says}>
      <Table caption={t('why')} rows={rows} rowKey={(row) => `${row.verdict} ${row.reason}`} rowClass={(row) => (rows.indexOf(row) >= kPrintedReasonsMax ? 'screen-only' : undefined)} columns={[
        { key: 'reason', head: t('reason'), isRowHead: true,
          cell: (row) => <>{reasonName(row.reason) || '–'} <small>({row.verdict === 'excused' ? t('excused') : t('indeterminate')})</small></> },
        { key: 'count', head: t('count'), numeric: true,
          cell: (row) => <Link href={breachesHref(report, { all: true, filter: `verdict == ${JSON.stringify(row.verdict ?? '')}` })}>{number(row.count)}</Link> },
      ]} />
    </Section>
  );
}

export function Payment({ report }: Props) {
  const waits = report.breachToPayment;
  if (count(waits?.count) === 0) return <Section title={t('payment')} says={t('payment_none')} />;
  const rows = [[t('half'), waits?.p50Ms], [t('p90'), waits?.p90Ms], [t('p99'), waits?.p99Ms], [t('longest'), waits?.maxMs]] as const;
  return (
    <Section title={t('payment')} says={t('payment_says', { count: count(waits?.count), t: duration(waits?.p50Ms) })}>
      <Table caption={t('payment')} rows={rows} rowKey={(row) => row[0]} columns={[
        { key: 'share', head: t('share'), cell: (row) => row[0], isRowHead: true },
        { key: 'within', head: t('within'), cell: (row) => duration(row[1]), numeric: true },
      ]} />
    </Section>
  );
}

const score = (milli: string | undefined) => (count(milli) / 1000).toLocaleString(lang.value, { maximumFractionDigits: 1 });
const feedbackGroups = ['kept', 'breached', 'paid within due', 'paid after due'] as const;

export function FeedbackSection({ report }: Props) {
  const answers = report.feedback ?? [];
  if (answers.length === 0) return <Section title={t('feedback')} says={t('feedback_none')} />;
  const find = (kind: string | undefined, group: string) => answers.find((one) => one.kind === kind && one.group === group);
  return (
    <Section title={t('feedback')} says={t('feedback_says')}>
      <Table caption={t('feedback')} rows={[...new Set(answers.map((one) => one.kind ?? ''))]} rowKey={(kind) => kind} columns={[
        { key: 'kind', head: t('question'), cell: feedbackName, isRowHead: true },
        ...feedbackGroups.map((group) => ({
          key: group, head: groupName(group), numeric: true,
          cell: (kind: string) => {
            const answer = find(kind, group);
            return answer ? <>{score(answer.scoreMilli)} <small>({number(answer.count)})</small></> : '–';
          },
        })),
      ]} />
    </Section>
  );
}
