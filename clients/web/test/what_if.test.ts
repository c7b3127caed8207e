// Variants of a promise: ranges, sweeps and the grid that comes back.
import './browser';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costOf, gridOf, keptPpm, kVariantsMax, lengthOf, sizeOf, sweepsOf, todayOf, unitOf, usualRanges } from '../src/pages/what_if/variants';

const promise = { name: 'served-in-15', within: '15m', tiers: ['over 15m pays EUR 10.00', 'over 30m pays EUR 20.00'] };

test('lengths are read as they are written', () => {
  assert.deepEqual(['15m', '1h30m', '90s', '1.5s', '250ms'].map((text) => lengthOf(text)), [900_000, 5_400_000, 90_000, 1500, 250]);
  for (const text of ['', 'by ticket.appointment_at + 10m', '1 business day', undefined]) assert.equal(lengthOf(text), undefined);
});

test('ranges have their ends in them and stay within bounds', () => {
  assert.equal(sizeOf({ from: 5, to: 20, step: 1 }), 16);
  assert.equal(sizeOf({ from: 0.1, to: 0.3, step: 0.1 }), 3);
  for (const range of [{ from: 5, to: 4, step: 1 }, { from: 0, to: 4, step: 1 }, { from: 1, to: 2, step: Number.NaN }]) assert.equal(sizeOf(range), 0);
  for (const within of ['4s', '1m', '90s', '7m', '15m', '2h', '24h']) {
    const { limits, sums } = usualRanges({ ...promise, within });
    assert.ok(limits && sums && sizeOf(limits) * sizeOf(sums) <= kVariantsMax);
    const today = (lengthOf(within) ?? 0) / (unitOf({ within }) === 's' ? 1000 : 60_000);
    assert.equal((today - limits.from) % limits.step, 0, `${within} is no value of ${JSON.stringify(limits)}`);
  }
  assert.deepEqual(sweepsOf({ from: 10, to: 20, step: 1 }, { from: 5, to: 20, step: 5 }, 'm'), ['within=10m..20m/1m', 'pay=5..20/5']);
  assert.deepEqual(sweepsOf({ from: 1, to: 2, step: 0.5 }, undefined, 'm'), ['within=1m..2m/30s']);
  assert.deepEqual(sweepsOf(usualRanges({ ...promise, within: '1m' }).limits, undefined, 's'), ['within=10s..110s/10s']);
});

test('the grid finds what is promised today', () => {
  const cell = (limit: string, sum: string, broken: number) => ({ values: [limit, sum], keptCount: String(100 - broken), breachedCount: String(broken), owed: [{ currency: 'EUR', amount: `${broken * 10}.00` }] });
  const answer = { axes: ['within', 'pay'], cells: [cell('10m', 'EUR 5.00', 9), cell('10m', 'EUR 10.00', 9), cell('15m', 'EUR 5.00', 4), cell('15m', 'EUR 10.00', 4)] };
  const grid = gridOf(answer);
  assert.deepEqual([grid.limits, grid.sums], [['10m', '15m'], ['EUR 5.00', 'EUR 10.00']]);
  assert.deepEqual(todayOf(grid, promise), { row: 1, column: 1 });
  assert.deepEqual(todayOf(grid, { ...promise, within: '12m' }), { row: -1, column: 1 });
  assert.equal(costOf(grid.cells[1]?.[1] ?? {}), 4000);
  assert.equal(keptPpm(grid.cells[0]?.[0] ?? {}), 910_000);
  assert.equal(keptPpm({}), undefined);
  const one = gridOf({ axes: ['pay'], cells: [{ values: ['EUR 10.00'] }] });
  assert.deepEqual(todayOf(one, promise), { row: 0, column: 0 });
});
