// The live board against a model of it, over drawn streams.
import './browser';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draws } from './browser';
import { Board, callNext, figuresOf, rowsOf, todayOf } from '../src/board';
import { minorUnits } from '../src/format';
import type { Ticket, WatchTicketsResponse } from '../src/types';

const kNow = Date.parse('2026-01-05T09:00:00Z');

function drawTicket(draw: () => number, id: number): Ticket {
  const left = Math.floor((draw() - 0.3) * 900_000);
  const kind = draw();
  return {
    branch: `b-${id % 3}`, ticket: `t-${id}`, label: `A${id}`,
    commitments: [{
      promise: 'p', limitMs: '900000', countedMs: String(Math.max(0, 900_000 - left)), atStake: { currency: 'EUR', amount: '10.00' },
      ...(kind > 0.15 && { dueAt: new Date(kNow + left).toISOString() }), ...(kind > 0.9 && { stoppedAt: new Date(kNow).toISOString() }),
      ...(draw() < 0.3 && { warnedCount: 1 }), ...(left < 0 && { breachedProvisional: true }),
    }],
  };
}

test('what the stream told is what the board has', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const draw = draws(seed);
    const board = new Board();
    let model = new Map<string, Ticket>();
    for (let step = 0; step < 60; step++) {
      const message: WatchTicketsResponse = { begin: step === 0 || draw() < 0.05, tickets: [], gone: [] };
      if (message.begin) model = new Map();
      for (let n = Math.floor(draw() * 4); n > 0; n--) {
        const ticket = drawTicket(draw, Math.floor(draw() * 30));
        message.tickets?.push(ticket);
        model.set(ticket.ticket ?? '', ticket);
      }
      for (const [id, ticket] of model) {
        if (draw() > 0.05 || message.tickets?.includes(ticket)) continue;
        message.gone?.push({ branch: ticket.branch ?? '', ticket: id });
        model.delete(id);
      }
      board.apply(message);
      assert.deepEqual([...board.tickets.values()].map((one) => one.ticket).sort(), [...model.keys()].sort(), `seed ${seed}, step ${step}`);
    }
    const rows = rowsOf(board, kNow);
    const figures = figuresOf(rows);
    const states = new Map(rows.map((row) => [row.key, row.state]));
    assert.equal(rows.length, [...model.values()].filter((one) => !one.commitments?.[0]?.stoppedAt).length, `seed ${seed}`);
    assert.equal(figures.broken + [...states.values()].filter((state) => state !== 'broken').length, figures.waiting, `seed ${seed}`);
    assert.equal(minorUnits(figures.atStake[0]?.amount) + minorUnits(figures.lost[0]?.amount), 1000n * BigInt(rows.length), `seed ${seed}`);
    for (const [i, row] of rows.entries()) assert.ok(i === 0 || (rows[i - 1]?.leftMs ?? Infinity) <= (row.leftMs ?? Infinity), `seed ${seed}`);
    const next = callNext(rows);
    const saveable = rows.filter((row) => row.leftMs !== undefined && row.leftMs >= 0 && row.state !== 'broken');
    assert.equal(next?.leftMs, saveable[0]?.leftMs, `seed ${seed}`);
  }
});

test('a clock is broken once its time is over, though nobody said so yet', () => {
  const board = new Board();
  board.apply({ begin: true, tickets: [{ branch: 'b', ticket: 't', commitments: [{ dueAt: new Date(kNow).toISOString(), limitMs: '900000', warnedCount: 1 }] }] });
  assert.equal(rowsOf(board, kNow)[0]?.state, 'at-risk');
  assert.equal(rowsOf(board, kNow + 1)[0]?.state, 'broken');
});

test('the most urgent of several clocks speaks for a ticket', () => {
  const board = new Board();
  const due = (minutes: number) => new Date(kNow + minutes * 60_000).toISOString();
  board.apply({ begin: true, tickets: [{ branch: 'b', ticket: 't', commitments: [{ promise: 'late', dueAt: due(9) }, { promise: 'soon', dueAt: due(2) }, { promise: 'over', dueAt: due(1), final: true }] }] });
  const row = rowsOf(board, kNow)[0];
  assert.deepEqual([row?.promise, row?.label, row?.moreClocks], ['soon', 't', 1]);
});

test('whoever waits still stands on the board after the breach is final', () => {
  const board = new Board();
  const ticket = { branch: 'b', ticket: 't', commitments: [{ dueAt: new Date(kNow).toISOString(), limitMs: '900000', verdict: 'breached' as const, final: true }] };
  board.apply({ begin: true, tickets: [ticket] });
  assert.equal(rowsOf(board, kNow + 60_000)[0]?.state, 'broken');
  board.apply({ tickets: [{ ...ticket, commitments: [{ ...ticket.commitments[0], stoppedAt: new Date(kNow + 60_000).toISOString() }] }] });
  assert.deepEqual(rowsOf(board, kNow + 60_000), []);
});

test('a day is added up over branches, and forgotten at a new beginning', () => {
  const board = new Board();
  board.apply({ begin: true, today: [{ branch: 'a', keptCount: '2', breachedCount: '1', owed: [{ currency: 'EUR', amount: '10.00' }] }, { branch: 'b', keptCount: '3' }] });
  board.apply({ today: [{ branch: 'a', keptCount: '4', breachedCount: '1', owed: [{ currency: 'EUR', amount: '10.00' }] }] });
  assert.deepEqual(todayOf(board), { kept: 7, broken: 1, owed: [{ currency: 'EUR', amount: '10.00' }] });
  assert.equal(todayOf(board, 'b').kept, 3);
  board.apply({ begin: true });
  assert.equal(todayOf(board).kept, 0);
});
