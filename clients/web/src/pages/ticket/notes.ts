// What the proof says about one instant, in the chosen language. Sentences that are not known here stay in the server's
// English, so nothing of a proof is ever left out.
import { money } from '../../format';
import { lang } from '../../i18n';
import { instrumentName, payoutStateName, verdictName } from '../../names';
import { t } from './ticket.messages';

/** A name within a sentence. */
const small = (name: string) => name.toLocaleLowerCase(lang.value);

const moneyOf = (text: string | undefined): string => {
  const [currency = '', amount = ''] = (text ?? '').split(' ');
  return money({ currency, amount });
};

type Rule = readonly [RegExp, (parts: readonly string[]) => string];

const rules: readonly Rule[] = [
  [/^clock starts$/, () => t('n_clock_starts')],
  [/^clock starts, due (.+)$/, ([at = '']) => t('n_clock_starts_due', { at })],
  [/^clock starts \(cycle (\d+)\), due (.+)$/, ([cycle = '', at = '']) => t('n_clock_starts_cycle', { cycle, at })],
  [/^clock stops, counted (\S+)$/, ([counted = '']) => t('n_clock_stops', { counted })],
  [/^clock pauses$/, () => t('n_clock_pauses')],
  [/^clock resumes$/, () => t('n_clock_resumes')],
  [/^clock goes on$/, () => t('n_clock_goes_on')],
  [/^clock ends and starts again, counted (\S+)$/, ([counted = '']) => t('n_clock_again', { counted })],
  [/^clock ends without a verdict of its own \(void\), counted (\S+)$/, ([counted = '']) => t('n_void', { counted })],
  [/^clock ends, nothing is owed any more \(forfeit\), counted (\S+)$/, ([counted = '']) => t('n_forfeit', { counted })],
  [/^clock ends, a person decides \(review\), counted (\S+)$/, ([counted = '']) => t('n_review', { counted })],
  [/^ignored: the clock is not running$/, () => t('n_not_running')],
  [/^ignored: the clock runs already$/, () => t('n_runs_already')],
  [/^breached \(provisional\)$/, () => t('n_provisional')],
  [/^confirmed(?: breached)?$/, () => t('n_confirmed')],
  [/^confirmed (kept|void|excused|indeterminate)$/, ([verdict = '']) => t('n_confirmed_as', { verdict: small(verdictName(verdict)) })],
  [/^confirmed(?: breached)?, excused once its end was final$/, () => t('n_excused_later')],
  [/^excused by (\S+)$/, ([excuse = '']) => t('n_excused_by', { excuse })],
  [/^owed ([A-Z]{3} [\d.]+) by (\w+)$/, ([sum, by]) => t('n_owed', { money: moneyOf(sum), instrument: small(instrumentName(by)) })],
  [/^owed ([A-Z]{3} [\d.]+) by (\w+) \((\w+)\)$/, ([sum, by, state]) =>
    t('n_owed_state', { money: moneyOf(sum), instrument: small(instrumentName(by)), state: small(payoutStateName(state)) })],
  [/^nothing owed$/, () => t('n_no_money')],
];

function translated(note: string): string | undefined {
  for (const [shape, say] of rules) {
    const match = shape.exec(note);
    if (match) return say(match.slice(1));
  }
  return undefined;
}

/** The note, and the language it is in. */
export function sayNote(note: string): { text: string; inLang: string } {
  const whole = translated(note);
  if (whole !== undefined) return { text: whole, inLang: lang.value };
  const [first = '', ...rest] = note.split(', owed ');
  const both = rest.length === 1 ? [translated(first), translated(`owed ${rest[0]}`)] : [];
  if (both.length === 2 && both.every((one) => one !== undefined)) return { text: both.join('; '), inLang: lang.value };
  return { text: note, inLang: 'en' };
}
