// The arithmetic of the report: bars, sums by day, and where a figure leads.
import './browser';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draws } from './browser';
import { amountText, barWidth, drawnUntil, minorUnits, regroup, runningSums, shade } from '../src/charts/bins';
import { hoursOf, weekdaysOf } from '../src/charts/heat';
import { allowedLeft, costOf, daysOf, worstCell } from '../src/pages/report/figures';
import { atHour, breachesHref, waitedBetween } from '../src/pages/report/links';
import type { Report } from '../src/types';

test('bars add up to the buckets, and none lies across the limit', () => {
  const drawn = draws(3);
  for (let round = 0; round < 200; round++) {
    const step = [1000, 30_000, 60_000, 90_000][Math.floor(drawn() * 4)] ?? 1000;
    const limit = step * (1 + Math.floor(drawn() * 30));
    const buckets = Array.from({ length: 1 + Math.floor(drawn() * 120) }, (_, i) => {
      const isBroken = i * step >= limit;
      const count = Math.floor(drawn() * 20);
      return { fromMs: i * step, untilMs: (i + 1) * step, kept: isBroken ? 0 : count, breached: isBroken ? count : 0 };
    });
    const until = drawnUntil(buckets, limit);
    const width = barWidth(step, limit, until, 48);
    const bins = regroup(buckets, width, until);
    const sum = (all: readonly { kept: number; breached: number }[]) => all.reduce((total, one) => total + one.kept + one.breached, 0);
    assert.equal(sum(bins), sum(buckets));
    assert.ok(until >= limit, 'the promise is out of sight');
    for (const bin of bins) if (limit % width === 0) assert.ok(bin.kept === 0 || bin.breached === 0, `both in ${bin.fromMs}`);
  }
});

test('sums of money are exact', () => {
  assert.deepEqual(minorUnits('12.50'), { units: 1250, decimals: 2 });
  assert.deepEqual(minorUnits('nothing'), { units: 0, decimals: 0 });
  for (const text of ['0.05', '12.50', '1000', '-3.10']) assert.equal(amountText(minorUnits(text).units, minorUnits(text).decimals), text);
  const owed = (amount: string) => ({ keys: [amount], commitmentsCount: '1', owed: [{ currency: 'EUR', amount }] });
  const report: Report = { days: [owed('10.10'), owed('0.20')], total: { owed: [{ currency: 'EUR', amount: '10.30' }] }, budget: { currency: 'EUR', amount: '20' } };
  assert.deepEqual(costOf(report, report.days ?? []), { currency: 'EUR', decimals: 2, running: [1010, 1030], budget: 2000 });
});

test('days end with the last one on which anything happened', () => {
  const days = ['1', '0', '2', '0', '0'].map((commitmentsCount, i) => ({ keys: [`2026-01-0${i + 1}`], commitmentsCount, breachedCount: commitmentsCount }));
  assert.equal(daysOf({ days }).length, 3);
  assert.deepEqual(allowedLeft(5, daysOf({ days })), [4, 4, 2]);
  assert.deepEqual(runningSums([]), []);
});

test('the heat map shows all hours between and weekends only when used', () => {
  const cells = [{ weekday: 1, hour: 9, kept: 1, breached: 0 }, { weekday: 5, hour: 12, kept: 1, breached: 3 }];
  assert.deepEqual(hoursOf(cells), [9, 10, 11, 12]);
  assert.deepEqual(weekdaysOf(cells), [1, 2, 3, 4, 5]);
  assert.equal(worstCell(cells)?.hour, 12);
  assert.equal(worstCell([]), undefined);
  for (const share of [0, 0.001, 0.5, 1]) assert.ok(shade(share, 6) >= (share > 0 ? 1 : 0) && shade(share, 6) < 6);
});

test('figures lead to the commitments that are counted in them', () => {
  const query = new URLSearchParams(breachesHref({ promise: 'p', firstDay: '2026-01-01', lastDay: '2026-01-31' }, { filter: atHour(2, 12) }).split('?')[1]);
  assert.equal(query.get('filter'), 'verdict == "breached" && weekday == 2 && hour == 12');
  assert.deepEqual([query.get('promise'), query.get('from'), query.get('until'), query.get('all')], ['p', '2026-01-01', '2026-01-31', null]);
  assert.equal(waitedBetween(900_000, 960_500), 'verdict in ["kept", "breached"] && counted >= duration("900s") && counted < duration("960.5s")');
});
