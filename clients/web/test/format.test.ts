// Figures as people read them.
import './browser';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draws } from './browser';
import { addMoney, day, duration, fixed, minorUnits, money, percent, shortMoney, stopwatch } from '../src/format';
import { fill, lang, type Lang } from '../src/i18n';

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
function inLang<T>(chosen: Lang, say: () => T): T {
  lang.value = chosen;
  try {
    return say();
  } finally {
    lang.value = 'en';
  }
}

test('money keeps every digit and is written as the language writes it', () => {
  const sum = { currency: 'EUR', amount: '1234567.50' };
  assert.equal(plain(money(sum)), 'EUR 1,234,567.50');
  assert.equal(plain(inLang('fi', () => money(sum))), '1 234 567,50 €');
  assert.equal(plain(inLang('sv', () => money({ currency: 'SEK', amount: '-10.05' }))), '−10,05 SEK');
  assert.equal(plain(money({ currency: 'EUR', amount: '90071992547409931.01' })), 'EUR 90,071,992,547,409,931.01');
  assert.equal(plain(shortMoney({ currency: 'EUR', amount: '10.00' })), 'EUR 10');
  assert.equal(plain(shortMoney({ currency: 'EUR', amount: '10.50' })), 'EUR 10.50');
  assert.equal(money(undefined), '');
});

test('sums are exact whatever the order', () => {
  const draw = draws(20260105);
  for (let round = 0; round < 200; round++) {
    const cents = Array.from({ length: 1 + Math.floor(draw() * 20) }, () => BigInt(Math.floor(draw() * 1e15)));
    const total = addMoney(cents.map((units) => ({ currency: 'EUR', amount: fixed(units, 2) })));
    assert.deepEqual(total, [{ currency: 'EUR', amount: fixed(cents.reduce((a, b) => a + b), 2) }]);
    assert.equal(minorUnits(total[0]?.amount), cents.reduce((a, b) => a + b));
  }
  assert.deepEqual(addMoney([{ currency: 'JPY', amount: '5' }, undefined, { currency: 'EUR', amount: '0.10' }, { currency: 'EUR', amount: '0.205' }]),
    [{ currency: 'JPY', amount: '5' }, { currency: 'EUR', amount: '0.305' }]);
});

test('what is not all is never rounded up to all', () => {
  assert.equal(plain(percent('999999')), '99.9 %');
  assert.equal(plain(percent(1_000_000)), '100.0 %');
  assert.equal(plain(percent('956049')), '95.6 %');
  assert.equal(plain(inLang('fi', () => percent('956049'))), '95,6 %');
  assert.equal(percent(undefined), '–');
});

test('lengths of time', () => {
  const cases: [number, string][] = [[0, '0 s'], [1500, '1.5 s'], [45_000, '45 s'], [60_000, '1 min'], [930_500, '15 min 30 s'], [5_400_000, '1 h 30 min'], [183_600_000, '2 d 3 h'], [-61_000, '−1 min 1 s']];
  for (const [ms, words] of cases) assert.equal(plain(duration(ms)), words);
  assert.equal(stopwatch(125_999), '2:05');
  assert.equal(stopwatch(-12_000), '−0:12');
  assert.equal(stopwatch(3_725_000), '1:02:05');
  assert.equal(day('2026-01-05'), '05/01/2026');
});

test('a message is filled by number and keeps what it is given', () => {
  const message = { one: '{count} ticket of {branch}', other: '{count} tickets of {branch}' };
  assert.equal(fill(message, 'en', { count: 1, branch: 'a{count}' }), '1 ticket of a{count}');
  assert.equal(fill(message, 'en', { count: 1200, branch: 'b' }), '1,200 tickets of b');
});
