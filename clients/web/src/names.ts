// Words for what the server names: states, verdicts, instruments. A name that is not here is shown as it came.
import { defineNames } from './i18n';
import type { Tone } from './ui/state_badge';

export const verdictName = defineNames({
  en: { kept: 'Kept', breached: 'Broken', void: 'Void', excused: 'Excused', indeterminate: 'Indeterminate', open: 'Open' },
  fi: { kept: 'Pidetty', breached: 'Rikottu', void: 'Rauennut', excused: 'Anteeksi annettu', indeterminate: 'Epäselvä', open: 'Avoin' },
  sv: { kept: 'Hållet', breached: 'Brutet', void: 'Förfallet', excused: 'Ursäktat', indeterminate: 'Obestämt', open: 'Öppet' },
});

const verdictTones: Record<string, Tone> = { kept: 'good', breached: 'bad', void: 'idle', excused: 'idle', indeterminate: 'warn', open: 'busy' };
export const verdictTone = (verdict: string | undefined): Tone => verdictTones[verdict ?? ''] ?? 'idle';

/** States of a compensation. */
export const payoutStateName = defineNames({
  en: {
    owed: 'Owed', approved: 'Approved', dispatched: 'On its way', paid: 'Paid', held: 'Held', recorded: 'Recorded', forfeited: 'Forfeited',
    declined: 'Declined', failed: 'Failed', reversed: 'Sent back', claimable: 'Claimable',
  },
  fi: {
    owed: 'Velkaa', approved: 'Hyväksytty', dispatched: 'Matkalla', paid: 'Maksettu', held: 'Pidätetty', recorded: 'Kirjattu', forfeited: 'Rauennut',
    declined: 'Hylätty', failed: 'Epäonnistui', reversed: 'Palautunut', claimable: 'Haettavissa',
  },
  sv: {
    owed: 'Skyldigt', approved: 'Godkänt', dispatched: 'På väg', paid: 'Betalt', held: 'Innehållet', recorded: 'Bokfört', forfeited: 'Förverkat',
    declined: 'Avslaget', failed: 'Misslyckat', reversed: 'Återsänt', claimable: 'Kan begäras',
  },
});
export const payoutStates = ['owed', 'held', 'claimable', 'approved', 'dispatched', 'paid', 'failed', 'reversed', 'declined', 'forfeited', 'recorded'] as const;

const payoutTones: Record<string, Tone> = {
  owed: 'busy', approved: 'busy', dispatched: 'busy', claimable: 'busy', paid: 'good', held: 'warn', failed: 'bad', reversed: 'bad',
  recorded: 'idle', forfeited: 'idle', declined: 'idle',
};
export const payoutTone = (state: string | undefined): Tone => payoutTones[state ?? ''] ?? 'idle';

export const instrumentName = defineNames({
  en: { voucher: 'Voucher', transfer: 'Bank transfer', webhook: 'Other system', apology: 'Apology' },
  fi: { voucher: 'Lahjakortti', transfer: 'Tilisiirto', webhook: 'Toinen järjestelmä', apology: 'Anteeksipyyntö' },
  sv: { voucher: 'Värdebevis', transfer: 'Banköverföring', webhook: 'Annat system', apology: 'Ursäkt' },
});
export const instruments = ['voucher', 'transfer', 'webhook', 'apology'] as const;

export const voucherStateName = defineNames({
  en: { issued: 'issued', redeemed: 'redeemed', expired: 'expired', void: 'void', redeemable: 'redeemable', held: 'held' },
  fi: { issued: 'annettu', redeemed: 'lunastettu', expired: 'vanhentunut', void: 'mitätöity', redeemable: 'lunastettavissa', held: 'pidätetty' },
  sv: { issued: 'utfärdat', redeemed: 'inlöst', expired: 'utgånget', void: 'ogiltigt', redeemable: 'kan lösas in', held: 'innehållet' },
});

export const batchStateName = defineNames({
  en: { draft: 'Draft', approved: 'Approved', exported: 'Exported', settled: 'Settled', discarded: 'Discarded' },
  fi: { draft: 'Luonnos', approved: 'Hyväksytty', exported: 'Viety', settled: 'Selvitetty', discarded: 'Hylätty' },
  sv: { draft: 'Utkast', approved: 'Godkänd', exported: 'Exporterad', settled: 'Avslutad', discarded: 'Kasserad' },
});
const batchTones: Record<string, Tone> = { draft: 'warn', approved: 'busy', exported: 'busy', settled: 'good', discarded: 'idle' };
export const batchTone = (state: string | undefined): Tone => batchTones[state ?? ''] ?? 'idle';

export const sourceStateName = defineNames({
  en: { declared: 'Never heard', seen: 'Reporting', closed: 'Closed', retired: 'Retired' },
  fi: { declared: 'Ei koskaan kuultu', seen: 'Kertoo', closed: 'Suljettu', retired: 'Poistettu käytöstä' },
  sv: { declared: 'Aldrig hörd', seen: 'Rapporterar', closed: 'Stängd', retired: 'Tagen ur bruk' },
});

/** Steps of a compensation's life. */
export const stepName = defineNames({
  en: {
    owed: 'Owed', held: 'Held', claimable: 'Claimable', recorded: 'Recorded', forfeited: 'Forfeited', 'owed again': 'Owed again', 'paid late': 'Paid late',
    released: 'Released', declined: 'Declined', 'voucher issued': 'Voucher issued', 'voucher voided': 'Voucher voided', 'voucher redeemed': 'Voucher redeemed',
    dispatched: 'Sent', paid: 'Paid', failed: 'Failed', approved: 'Approved', 'approved by one': 'Approved by one', reversed: 'Sent back',
    'bank answered': 'The bank answered', 'instrument changed': 'Paid another way', claimed: 'Claimed', 'late evidence': 'Late evidence',
    'review decided': 'Review decided', excused: 'Excused', 'excused by one': 'Excused by one', 'in batch': 'In a batch', 'batch approved': 'Batch approved',
    'batch exported': 'Batch exported', 'batch discarded': 'Batch discarded',
  },
  fi: {
    owed: 'Velkaa', held: 'Pidätetty', claimable: 'Haettavissa', recorded: 'Kirjattu', forfeited: 'Rauennut', 'owed again': 'Velkaa uudelleen', 'paid late': 'Maksettu myöhässä',
    released: 'Vapautettu', declined: 'Hylätty', 'voucher issued': 'Lahjakortti annettu', 'voucher voided': 'Lahjakortti mitätöity', 'voucher redeemed': 'Lahjakortti lunastettu',
    dispatched: 'Lähetetty', paid: 'Maksettu', failed: 'Epäonnistui', approved: 'Hyväksytty', 'approved by one': 'Yksi hyväksyi', reversed: 'Palautunut',
    'bank answered': 'Pankki vastasi', 'instrument changed': 'Maksutapa vaihtui', claimed: 'Haettu', 'late evidence': 'Myöhäinen näyttö',
    'review decided': 'Ratkaistu', excused: 'Annettu anteeksi', 'excused by one': 'Yksi antoi anteeksi', 'in batch': 'Maksuerässä', 'batch approved': 'Erä hyväksytty',
    'batch exported': 'Erä viety', 'batch discarded': 'Erä hylätty',
  },
  sv: {
    owed: 'Skyldigt', held: 'Innehållet', claimable: 'Kan begäras', recorded: 'Bokfört', forfeited: 'Förverkat', 'owed again': 'Skyldigt igen', 'paid late': 'Betalt för sent',
    released: 'Frisläppt', declined: 'Avslaget', 'voucher issued': 'Värdebevis utfärdat', 'voucher voided': 'Värdebevis ogiltigt', 'voucher redeemed': 'Värdebevis inlöst',
    dispatched: 'Sänt', paid: 'Betalt', failed: 'Misslyckat', approved: 'Godkänt', 'approved by one': 'Godkänt av en', reversed: 'Återsänt',
    'bank answered': 'Banken svarade', 'instrument changed': 'Betalas på annat sätt', claimed: 'Begärt', 'late evidence': 'Sena bevis',
    'review decided': 'Avgjort', excused: 'Ursäktat', 'excused by one': 'Ursäktat av en', 'in batch': 'I en bunt', 'batch approved': 'Bunten godkänd',
    'batch exported': 'Bunten exporterad', 'batch discarded': 'Bunten kasserad',
  },
});
