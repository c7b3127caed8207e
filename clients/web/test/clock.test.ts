// The server's clock, between two words of it.
import './browser';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverTimeAt, setServerClock } from '../src/clock';

const kStart = Date.parse('2026-01-05T09:00:00Z');
const tell = (ms: number, at: number) => setServerClock(new Date(kStart + ms).toISOString(), at);

test('it goes on from what was told last, at our pace or at that of a simulated day', () => {
  assert.equal(serverTimeAt(0), undefined);
  tell(0, 1000);
  assert.equal(serverTimeAt(1400), kStart + 400);
  // The network held one back: nothing is made of that.
  tell(4700, 6000);
  assert.equal(serverTimeAt(7000), kStart + 5700);
  tell(64_700, 7000);
  assert.equal(serverTimeAt(7500), kStart + 94_700);
  // Two at once tell no pace.
  tell(64_760, 7001);
  assert.equal(serverTimeAt(7011), kStart + 65_360);
  tell(66_000, 9000);
  assert.equal(serverTimeAt(9100), kStart + 66_100);
});
