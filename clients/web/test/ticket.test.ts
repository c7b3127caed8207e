// The proof of a ticket, read and said in three languages.
import './browser';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lang, langs } from '../src/i18n';
import { sayNote } from '../src/pages/ticket/notes';
import { readTrace } from '../src/pages/ticket/trace';

const proof = `served-in-15, helsinki-1, B014, 2026-01-05
11:22:04.233  issued            clock starts, due 11:37:04.233
11:37:04.234                    breached (provisional)
11:37:59.612  called
11:38:24.222                    owed EUR 10.00 by voucher (paid)
2026-01-06 09:00:00.000  service_ended
  limit 15m (revision 1), served-in-15.yaml:20:20

loan-desk-30, helsinki-1, B014, 2026-01-05
  does not run: \`ticket.service == "loan"\` is false

owed on this ticket: EUR 10.00
`;

test('a proof is read whole', () => {
  const { parts, owed } = readTrace(proof);
  assert.equal(owed, 'EUR 10.00');
  assert.deepEqual(parts.map((part) => part.promise), ['served-in-15', 'loan-desk-30']);
  assert.deepEqual(parts[0]?.rows.map((row) => [row.at, row.event, row.note]), [
    ['11:22:04.233', 'issued', 'clock starts, due 11:37:04.233'], ['11:37:04.234', '', 'breached (provisional)'], ['11:37:59.612', 'called', ''],
    ['11:38:24.222', '', 'owed EUR 10.00 by voucher (paid)'], ['2026-01-06 09:00:00.000', 'service_ended', ''],
  ]);
  assert.deepEqual(parts[0]?.reasons, ['limit 15m (revision 1), served-in-15.yaml:20:20']);
  assert.equal(parts[1]?.rows.length, 0);
  assert.deepEqual(readTrace(''), { parts: [], owed: '' });
});

test('a proof in even columns is read as well', () => {
  const { parts } = readTrace(`served-in-15, helsinki-1, A004, 2026-11-09
12:12:58.222             issued            clock starts, due 12:27:58.222
12:34:07.354             service_ended
2026-11-22 22:38:39.048                    confirmed, owed EUR 10.00 by voucher (dispatched)
`);
  assert.deepEqual(parts[0]?.rows.map((row) => [row.at, row.event, row.note]), [
    ['12:12:58.222', 'issued', 'clock starts, due 12:27:58.222'], ['12:34:07.354', 'service_ended', ''],
    ['2026-11-22 22:38:39.048', '', 'confirmed, owed EUR 10.00 by voucher (dispatched)'],
  ]);
});

test('notes are said in the chosen language, unknown ones as they are', () => {
  const say = (note: string) => langs.map((one) => {
    lang.value = one;
    const said = sayNote(note);
    lang.value = 'en';
    return `${said.inLang}: ${said.text}`.replaceAll('\u00a0', ' ');
  });
  assert.deepEqual(say('clock stops, counted 16:13.130'), ['fi: kello pysähtyy, laskettu aika 16:13.130', 'sv: klockan stannar, räknad tid 16:13.130', 'en: the clock stops, counted 16:13.130']);
  for (const note of ['confirmed, owed EUR 10.00 by voucher (dispatched)', 'confirmed kept', 'nothing owed', 'excused by fire-alarm', 'confirmed, excused once its end was final']) {
    assert.deepEqual(say(note).map((said) => said.slice(0, 2)), ['fi', 'sv', 'en'], note);
  }
  assert.match(say('confirmed, owed EUR 10.00 by voucher')[0] ?? '', /10,00 €/);
  assert.deepEqual(say('a comet passed'), ['en: a comet passed', 'en: a comet passed', 'en: a comet passed']);
});
