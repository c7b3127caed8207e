// The filter's suggestions, the file for spreadsheets, and the list as address and command.
import './browser';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draws } from './browser';
import { askedOf, commandOf, dayBegin, paramsOf } from '../src/pages/breaches/asked';
import { accept, complete, fieldTypes } from '../src/pages/breaches/completion';
import { cell, csv } from '../src/pages/breaches/csv';
import { columns, columnsOf, usualColumns } from '../src/pages/breaches/columns';
import { excuseIds } from '../src/pages/breaches/excuse';
import type { VerdictLine } from '../src/types';

const known = { branch: ['helsinki-1', 'turku "1"'], promise: ['served-in-15'], verdict: ['breached'] };
const texts = (text: string, caret = text.length) => complete(text, caret, known).offers.map((offer) => offer.text);

test('what is offered fits its place', () => {
  assert.deepEqual(texts(''), Object.keys(fieldTypes));
  assert.deepEqual(texts('pro'), ['promise']);
  assert.deepEqual(texts('late_by '), ['>', '>=', '<', '<=']);
  assert.deepEqual(texts('branch == '), ['"helsinki-1"', '"turku \\"1\\""']);
  assert.deepEqual(texts('branch == "hel'), ['"helsinki-1"']);
  assert.deepEqual(texts('branch == "helsinki-1" '), ['&&', '||']);
  assert.deepEqual(texts('hour == 12 && ser'), ['service']);
  assert.deepEqual(texts('nonsense '), []);
  // The caret in the middle: what is behind it stays.
  const middle = complete('pro && hour == 12', 3, known);
  assert.equal(accept('pro && hour == 12', middle, middle.offers[0]!).text, 'promise && hour == 12');
});

test('filters made of suggestions alone have the form of filters', () => {
  const drawn = draws(7);
  const term = /^\s*[a-z_]+(\.(startsWith|contains)\("[^"]*"\)?| *(==|!=|<=|>=|<|>) *("([^"\\]|\\.)*"|[\d.]+|true|false|duration\("\w+"\)|timestamp\("[^"]+"\))| in \[.*?\])?/;
  for (let i = 0; i < 300; i++) {
    let text = '';
    for (let steps = 0; steps < 11; steps++) {
      const at = complete(text, text.length, known);
      const offer = at.offers[Math.floor(drawn() * at.offers.length)];
      if (!offer) break;
      const next = accept(text, at, offer);
      assert.ok(next.text.length > text.trimEnd().length, `${offer.text} after \`${text}\` adds nothing`);
      assert.ok(next.caret <= next.text.length);
      text = next.text;
      if (offer.text.startsWith('.')) break;
    }
    for (const part of text.split(/&&|\|\|/).slice(0, -1)) assert.match(part, term, text);
  }
});

test('no cell is a formula, and every cell comes back', () => {
  for (const evil of ['=SUM(A1)', '+1', '-1', '@x', '\tx', '\rx', '=HYPERLINK("http://x")']) assert.match(cell(evil), /^"?'/);
  assert.equal(cell('a "b", c'), '"a ""b"", c"');
  assert.equal(cell(undefined), '');
  assert.equal(csv(['a', 'b'], [['1,2', true]]), '\uFEFFa,b\r\n"1,2",true\r\n');
});

test('columns are named as in filters', () => {
  const ours = columns.map((column) => column.id);
  for (const id of usualColumns) assert.ok(ours.includes(id));
  for (const column of columns) if (column.isOrdered) assert.ok(column.id in fieldTypes, column.id);
  assert.deepEqual(columnsOf('amount,ticket,nonsense').map((column) => column.id), ['ticket', 'amount']);
  assert.deepEqual(columnsOf(null).map((column) => column.id), usualColumns);
  const line: VerdictLine = { ticket: 't', countedMs: '930500', owed: { currency: 'EUR', amount: '10.00' } };
  assert.deepEqual(columnsOf('counted,amount,late_by').map((column) => column.value(line)), [930.5, undefined, '10.00']);
});

test('an address, a question and a command are one list', () => {
  const asked = askedOf(new URLSearchParams({ filter: 'hour == 12', order: 'late_by desc', all: '1', from: '2026-01-05', until: '2026-01-05' }));
  const params = paramsOf(asked, 100);
  assert.equal(Date.parse(String(params['until'])) - Date.parse(String(params['from'])), 86_400_000);
  assert.deepEqual(commandOf({ ...asked, from: '', until: '' }), ['lupaus', 'breaches', 'list', '--all-verdicts', '--filter', 'hour == 12', '--order-by', 'late_by desc']);
  assert.equal(dayBegin('yesterday'), '');
});

test('excuses are read off a promise file', () => {
  assert.deepEqual(excuseIds('spec:\n  excuses:\n    - {id: evacuation, approvers: 2}\n    - id: manual\n  target: {id: no}\n'), ['evacuation', 'manual']);
});
