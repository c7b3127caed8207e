// How verdicts and the states of compensations are called, in three languages.
import { defineNames } from '../i18n';
import type { Tone } from '../ui';

export const verdictName = defineNames({
  en: { kept: 'kept', breached: 'broken', void: 'void', excused: 'excused', indeterminate: 'undecided', open: 'open' },
  fi: { kept: 'pidetty', breached: 'rikkoutunut', void: 'rauennut', excused: 'hyväksytty syy', indeterminate: 'epäselvä', open: 'avoin' },
  sv: { kept: 'hållet', breached: 'brutet', void: 'förfallet', excused: 'godtaget skäl', indeterminate: 'oklart', open: 'öppet' },
});

/** States of a compensation. */
export const stateName = defineNames({
  en: { owed: 'owed', approved: 'approved', dispatched: 'on its way', paid: 'paid', held: 'held', recorded: 'recorded, not paid', forfeited: 'forfeited', declined: 'declined', failed: 'failed', reversed: 'reversed', claimable: 'to be claimed' },
  fi: { owed: 'maksettava', approved: 'hyväksytty', dispatched: 'matkalla', paid: 'maksettu', held: 'pidätetty', recorded: 'kirjattu, ei makseta', forfeited: 'menetetty', declined: 'hylätty', failed: 'epäonnistui', reversed: 'peruttu', claimable: 'haettavissa' },
  sv: { owed: 'ska betalas', approved: 'godkänd', dispatched: 'på väg', paid: 'betald', held: 'hålls inne', recorded: 'noterad, betalas inte', forfeited: 'förverkad', declined: 'avslagen', failed: 'misslyckades', reversed: 'återförd', claimable: 'kan begäras' },
});

/** The colour and shape of a verdict. */
export function verdictTone(verdict: string | undefined): Tone {
  return ({ kept: 'good', breached: 'bad', indeterminate: 'warn', open: 'busy' } as const)[verdict ?? ''] ?? 'idle';
}
