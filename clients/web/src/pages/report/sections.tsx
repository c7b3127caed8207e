// The charts of the report, each with its sentence and its table.
import { amountText, barWidth, drawnUntil, regroup, type Bin } from '../../charts/bins';
import { Heat, type HeatCell } from '../../charts/heat';
import { Histogram } from '../../charts/histogram';
import { Figure } from '../../charts/plot';
import { Steps } from '../../charts/steps';
import { count, day, duration, money, number, percent, ppmOf, shortMoney, sums } from '../../format';
import { lang } from '../../i18n';
import { Link } from '../../route';
import type { Report, SummaryRow } from '../../types';
import { Table } from '../../ui';
import { allowedLeft, bucketsOf, cellsOf, costOf, daysOf, worstCell } from './figures';
import { atHour, breachesHref, broken, waitedBetween } from './links';
import { t } from './report.messages';

interface Props { report: Report }

/** "Mo", "ti", …, Monday first. */
export function weekdayNames(length: 'short' | 'long'): string[] {
  const format = new Intl.DateTimeFormat(lang.value, { weekday: length, timeZone: 'UTC' });
  return Array.from({ length: 7 }, (_, i) => format.format(new Date(Date.UTC(2024, 0, 1 + i))));
}

const hourText = (hour: number) => `${String(hour).padStart(2, '0')}–${String((hour + 1) % 24).padStart(2, '0')}`;

/** A wait on the axis, in the unit that the axis is named by. */
function axisOf(lastMs: number): { unit: string; tick: (ms: number) => string } {
  const [unit, ms] = lastMs < 600_000 ? ['s', 1000] as const : lastMs < 4 * 3_600_000 ? ['min', 60_000] as const : [lang.value === 'fi' ? 't' : 'h', 3_600_000] as const;
  return { unit, tick: (wait) => (wait / ms).toLocaleString(lang.value, { maximumFractionDigits: 1 }) };
}

export function WaitsSection({ report }: Props) {
  const buckets = bucketsOf(report);
  const limitMs = report.limitMs === undefined ? null : count(report.limitMs);
  const until = drawnUntil(buckets, limitMs);
  const width = barWidth(Math.max(1, (buckets[0]?.untilMs ?? 1) - (buckets[0]?.fromMs ?? 0)), limitMs, until, 48);
  const bins = regroup(buckets, width, until);
  const total = buckets.reduce((sum, bucket) => sum + bucket.kept + bucket.breached, 0);
  if (total === 0) return <Figure title={t('waits')} says={t('waits_none')} />;
  const name = (bin: Bin) => (bin.open ? `${duration(bin.fromMs)} –` : `${duration(bin.fromMs)} – ${duration(bin.untilMs)}`);
  const href = (bin: Bin) => breachesHref(report, { all: true, filter: waitedBetween(bin.fromMs, bin.open ? null : bin.untilMs) });
  const isFilled = (bin: Bin) => bin.kept + bin.breached > 0;
  return (
    <Figure title={t('waits')} says={t('waits_says', { n: total, p: percent(report.keptPpm), within: limitMs === null ? report.within ?? '' : duration(limitMs) })}
            chart={<Histogram bins={bins} limitMs={limitMs} limitText={t('limit', { t: duration(limitMs ?? 0) })} name={name} {...axisOf(until)}
                              count={(n) => number(n)} href={(bin) => (isFilled(bin) ? href(bin) : undefined)} />}>
      <Table caption={t('waits')} rows={bins.filter(isFilled)} rowKey={(bin) => String(bin.fromMs)} columns={[
        { key: 'wait', head: t('wait'), cell: (bin) => <Link href={href(bin)}>{name(bin)}</Link>, isRowHead: true },
        { key: 'kept', head: t('kept'), cell: (bin) => number(bin.kept), numeric: true },
        { key: 'breached', head: t('breached'), cell: (bin) => number(bin.breached), numeric: true },
      ]} />
    </Figure>
  );
}

export function HeatSection({ report }: Props) {
  const cells = cellsOf(report);
  const worst = worstCell(cells);
  const long = weekdayNames('long');
  const when = (cell: HeatCell) => `${long[cell.weekday - 1] ?? ''} ${hourText(cell.hour)}`;
  const label = (cell: HeatCell) => t('heat_cell', { when: when(cell), broken: cell.breached, judged: cell.kept + cell.breached });
  const href = (cell: HeatCell) => breachesHref(report, { filter: atHour(cell.weekday, cell.hour) });
  const says = worst ? t('heat_says', { day: long[worst.weekday - 1] ?? '', hour: hourText(worst.hour), n: worst.breached }) : t('heat_none');
  const judged = cells.filter((cell) => cell.kept + cell.breached > 0);
  return (
    <Figure title={t('heat')} says={says} chart={<Heat cells={cells} weekdays={weekdayNames('short')} label={label} href={href} />}>
      <Table caption={t('heat')} rows={judged} rowKey={(cell) => `${cell.weekday} ${cell.hour}`} columns={[
        { key: 'weekday', head: t('weekday'), cell: (cell) => long[cell.weekday - 1], sortBy: (cell) => cell.weekday * 24 + cell.hour, isRowHead: true },
        { key: 'hour', head: t('hour'), cell: (cell) => hourText(cell.hour), sortBy: (cell) => cell.hour },
        { key: 'breached', head: t('breached'), cell: (cell) => linked(cell.breached, href(cell)), sortBy: (cell) => cell.breached, numeric: true },
        { key: 'count', head: t('count'), cell: (cell) => number(cell.kept + cell.breached), sortBy: (cell) => cell.kept + cell.breached, numeric: true },
      ]} />
    </Figure>
  );
}

const dayOf = (row: SummaryRow | undefined) => row?.keys?.[0] ?? '';
const dayNumber = (row: SummaryRow | undefined) => String(Number(dayOf(row).slice(8)));

/** A figure that leads somewhere, unless it is nothing. */
const linked = (n: number, href: string) => (n > 0 ? <Link href={href}>{number(n)}</Link> : '0');

function hrefOfDay(row: SummaryRow | undefined, leads: (row: SummaryRow) => boolean, href: (row: SummaryRow) => string) {
  return row && leads(row) ? href(row) : undefined;
}

export function BurnSection({ report }: Props) {
  const days = daysOf(report);
  if (report.allowedBreachesCount === undefined) return <Figure title={t('burn')} says={t('no_objective_long')} />;
  const allowed = count(report.allowedBreachesCount);
  const left = allowedLeft(allowed, days);
  const now = left[left.length - 1] ?? allowed;
  const says = now < 0 ? t('burn_over', { over: -now, allowed }) : t('burn_says', { left: now, allowed });
  const dayHref = (row: SummaryRow) => breachesHref(report, { filter: broken, firstDay: dayOf(row), lastDay: dayOf(row) });
  return (
    <Figure title={t('burn')} says={says}
            chart={<Steps values={left} start={allowed} bound={0} boundText={t('burn_spent')} even={0} isWorseAbove={false}
                          day={(i) => dayNumber(days[i])} text={(value) => number(value)}
                          label={(i) => `${day(dayOf(days[i]))}: ${number(left[i])}`}
                          href={(i) => hrefOfDay(days[i], (row) => count(row.breachedCount) > 0, dayHref)} />}>
      <Table caption={t('burn')} rows={days} rowKey={dayOf} columns={[
        { key: 'day', head: t('day'), cell: (row) => day(dayOf(row)), isRowHead: true },
        { key: 'count', head: t('count'), cell: (row) => number(row.commitmentsCount), numeric: true },
        { key: 'breached', head: t('breached'), cell: (row) => linked(count(row.breachedCount), dayHref(row)), numeric: true },
        { key: 'left', head: t('left'), cell: (row) => number(left[days.indexOf(row)]), numeric: true },
      ]} />
    </Figure>
  );
}

export function CostSection({ report }: Props) {
  const days = daysOf(report);
  const cost = costOf(report, days);
  if (cost === null) return <Figure title={t('cost')} says={t('nothing_owed')} />;
  const text = (units: number) => money({ currency: cost.currency, amount: amountText(units, cost.decimals) });
  const short = (units: number) => shortMoney({ currency: cost.currency, amount: amountText(units, cost.decimals) });
  const spent = cost.running[cost.running.length - 1] ?? 0;
  const says = cost.budget === null ? t('cost_says_only', { cost: text(spent) })
    : t('cost_says', { cost: text(spent), budget: text(cost.budget), share: percent(ppmOf(spent, cost.budget), 0) });
  const dayHref = (row: SummaryRow) => breachesHref(report, { filter: 'amount > 0.0', firstDay: dayOf(row), lastDay: dayOf(row) });
  return (
    <Figure title={t('cost')} says={says}
            chart={<Steps values={cost.running} start={0} bound={cost.budget} boundText={cost.budget === null ? '' : t('budget', { m: short(cost.budget) })}
                          even={null} isWorseAbove day={(i) => dayNumber(days[i])} text={short}
                          label={(i) => `${day(dayOf(days[i]))}: ${text(cost.running[i] ?? 0)}`}
                          href={(i) => hrefOfDay(days[i], (row) => row.owed !== undefined && row.owed.length > 0, dayHref)} />}>
      <Table caption={t('cost')} rows={days} rowKey={dayOf} columns={[
        { key: 'day', head: t('day'), cell: (row) => day(dayOf(row)), isRowHead: true },
        { key: 'owed', head: t('owed'), cell: (row) => (row.owed?.length ? <Link href={dayHref(row)}>{sums(row.owed)}</Link> : '–'), numeric: true },
        { key: 'sum', head: t('sum'), cell: (row) => text(cost.running[days.indexOf(row)] ?? 0), numeric: true },
      ]} />
    </Figure>
  );
}
