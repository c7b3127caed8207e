// Words of payout batches and of the reconciliation.
import { defineMessages } from '../../i18n';

export const t = defineMessages({
  en: {
    caption: 'Batches, newest first', id: 'Batch', state: 'State', count: 'Lines', total: 'Total', createdBy: 'Drawn up by', createdAt: 'Drawn up', approvedBy: 'Approved by', approvedAt: 'Approved', exportedAt: 'File made',
    none: 'There is no batch yet.', create: 'Draw up a batch', createTitle: 'Draw up a batch?', createText: 'All transfers that are owed and in no batch go into it. Somebody else approves it.',
    created: { one: 'Batch {id}: {count} line, {sum}.', other: 'Batch {id}: {count} lines, {sum}.' }, leftOut: { one: '{count} transfer was left out: nobody knows yet to whom.', other: '{count} transfers were left out: nobody knows yet to whom.' },
    one: 'Batch {id}', until: 'Owed up to', hash: 'Content', discarded: 'Given up because', whatBecame: 'What became of its lines',
    approve: 'Approve', approveNote: 'You drew it up, so somebody else must approve it.', verify: 'Verify', stop: 'Stop', discard: 'Give up', discardTitle: 'Give up {id}?', discardText: 'It has not left the house; its lines are owed as before.',
    download: 'Download', verifying: 'Reading the journal: {done} of {total} facts', verified: { one: '{count} line of {lines} is what the events give.', other: '{count} lines of {lines} are what the events give.' },
    decidedBy: { one: 'In {count} of them a person’s decision stands in place of an event.', other: 'In {count} of them a person’s decision stands in place of an event.' }, good: 'Every cent is proved', wrong: 'It does not hold', facts: '{count} facts were read.', sameHash: 'The content is what was approved.', otherHash: 'The content is not what was approved.',
    differences: 'Lines that differ', payout: 'Compensation', ticket: 'Ticket', recorded: 'In the batch', derived: 'By the events', what: 'What differs', verifyTitle: 'Verification',
    from: 'Owed from (UTC)', to: 'Owed to (UTC)', by: 'In groups of', byNothing: 'Currency alone', byDay: 'Day', byPromise: 'Promise', byBoth: 'Day and promise', which: 'Which days',
    day: 'Day', promise: 'Promise', owed: 'Owed', open: 'Open', held: 'Held', claimable: 'Claimable', approved: 'Approved', exported: 'Sent', paid: 'Paid', returned: 'Returned', failed: 'Failed', declined: 'Declined',
    reconcileCaption: 'What was owed and what became of it', totals: 'Against the journal', journalOwed: 'Owed by the journal', journalPaid: 'Paid by the journal', difference: 'Difference', addsUp: 'Adds up', doesNot: 'Does not add up', currency: 'Currency', nothing: 'Nothing was owed in these days.', all: 'All',
  },
  fi: {
    caption: 'Maksuerät, uusin ensin', id: 'Erä', state: 'Tila', count: 'Rivejä', total: 'Yhteensä', createdBy: 'Laatinut', createdAt: 'Laadittu', approvedBy: 'Hyväksynyt', approvedAt: 'Hyväksytty', exportedAt: 'Tiedosto tehty',
    none: 'Maksueriä ei vielä ole.', create: 'Laadi maksuerä', createTitle: 'Laaditaanko maksuerä?', createText: 'Siihen tulevat kaikki tilisiirrot, jotka ovat velkaa eivätkä missään erässä. Joku toinen hyväksyy sen.',
    created: { one: 'Erä {id}: {count} rivi, {sum}.', other: 'Erä {id}: {count} riviä, {sum}.' }, leftOut: { one: '{count} tilisiirto jäi pois: saajaa ei vielä tiedetä.', other: '{count} tilisiirtoa jäi pois: saajaa ei vielä tiedetä.' },
    one: 'Erä {id}', until: 'Velkaa viimeistään', hash: 'Sisältö', discarded: 'Hylätty, koska', whatBecame: 'Mitä riveistä on tullut',
    approve: 'Hyväksy', approveNote: 'Laadit tämän itse, joten jonkun toisen on hyväksyttävä se.', verify: 'Tarkista', stop: 'Keskeytä', discard: 'Hylkää', discardTitle: 'Hylätäänkö {id}?', discardText: 'Se ei ole lähtenyt talosta; sen rivit ovat velkaa kuten ennen.',
    download: 'Lataa', verifying: 'Luetaan lokia: {done} / {total} tietoa', verified: { one: '{count} rivi {lines} rivistä on se, minkä tapahtumat antavat.', other: '{count} riviä {lines} rivistä on se, minkä tapahtumat antavat.' },
    decidedBy: { one: 'Niistä {count} rivissä ihmisen päätös on tapahtuman tilalla.', other: 'Niistä {count} rivissä ihmisen päätös on tapahtuman tilalla.' }, good: 'Jokainen sentti on todistettu', wrong: 'Se ei pidä', facts: '{count} tietoa luettiin.', sameHash: 'Sisältö on se, joka hyväksyttiin.', otherHash: 'Sisältö ei ole se, joka hyväksyttiin.',
    differences: 'Poikkeavat rivit', payout: 'Hyvitys', ticket: 'Vuoro', recorded: 'Erässä', derived: 'Tapahtumista', what: 'Mikä poikkeaa', verifyTitle: 'Tarkistus',
    from: 'Velkaa alkaen (UTC)', to: 'Velkaa päättyen (UTC)', by: 'Ryhmittäin', byNothing: 'Vain valuutta', byDay: 'Päivä', byPromise: 'Lupaus', byBoth: 'Päivä ja lupaus', which: 'Mitkä päivät',
    day: 'Päivä', promise: 'Lupaus', owed: 'Velkaa', open: 'Avoinna', held: 'Pidätetty', claimable: 'Haettavissa', approved: 'Hyväksytty', exported: 'Lähetetty', paid: 'Maksettu', returned: 'Palautunut', failed: 'Epäonnistui', declined: 'Hylätty',
    reconcileCaption: 'Mitä oli velkaa ja mitä siitä tuli', totals: 'Lokia vasten', journalOwed: 'Velkaa lokin mukaan', journalPaid: 'Maksettu lokin mukaan', difference: 'Erotus', addsUp: 'Täsmää', doesNot: 'Ei täsmää', currency: 'Valuutta', nothing: 'Näinä päivinä ei ollut mitään velkaa.', all: 'Kaikki',
  },
  sv: {
    caption: 'Buntar, nyaste först', id: 'Bunt', state: 'Läge', count: 'Rader', total: 'Summa', createdBy: 'Upprättad av', createdAt: 'Upprättad', approvedBy: 'Godkänd av', approvedAt: 'Godkänd', exportedAt: 'Filen gjord',
    none: 'Det finns ingen bunt ännu.', create: 'Upprätta en bunt', createTitle: 'Upprätta en bunt?', createText: 'Alla överföringar som är skyldiga och inte ligger i någon bunt tas med. Någon annan godkänner den.',
    created: { one: 'Bunt {id}: {count} rad, {sum}.', other: 'Bunt {id}: {count} rader, {sum}.' }, leftOut: { one: '{count} överföring utelämnades: ingen vet ännu till vem.', other: '{count} överföringar utelämnades: ingen vet ännu till vem.' },
    one: 'Bunt {id}', until: 'Skyldigt till', hash: 'Innehåll', discarded: 'Kasserad för att', whatBecame: 'Vad det blev av raderna',
    approve: 'Godkänn', approveNote: 'Du upprättade den, så någon annan måste godkänna den.', verify: 'Kontrollera', stop: 'Avbryt', discard: 'Kassera', discardTitle: 'Kassera {id}?', discardText: 'Den har inte lämnat huset; raderna är skyldiga som förut.',
    download: 'Ladda ner', verifying: 'Läser loggen: {done} av {total} fakta', verified: { one: '{count} rad av {lines} är vad händelserna ger.', other: '{count} rader av {lines} är vad händelserna ger.' },
    decidedBy: { one: 'I {count} av dem står en människas beslut i en händelses ställe.', other: 'I {count} av dem står en människas beslut i en händelses ställe.' }, good: 'Varje cent är bevisad', wrong: 'Det håller inte', facts: '{count} fakta lästes.', sameHash: 'Innehållet är det som godkändes.', otherHash: 'Innehållet är inte det som godkändes.',
    differences: 'Rader som skiljer sig', payout: 'Ersättning', ticket: 'Köplats', recorded: 'I bunten', derived: 'Enligt händelserna', what: 'Vad som skiljer', verifyTitle: 'Kontroll',
    from: 'Skyldigt från (UTC)', to: 'Skyldigt till (UTC)', by: 'I grupper av', byNothing: 'Bara valuta', byDay: 'Dag', byPromise: 'Löfte', byBoth: 'Dag och löfte', which: 'Vilka dagar',
    day: 'Dag', promise: 'Löfte', owed: 'Skyldigt', open: 'Öppet', held: 'Innehållet', claimable: 'Kan begäras', approved: 'Godkänt', exported: 'Sänt', paid: 'Betalt', returned: 'Återsänt', failed: 'Misslyckat', declined: 'Avslaget',
    reconcileCaption: 'Vad som var skyldigt och vad det blev av det', totals: 'Mot loggen', journalOwed: 'Skyldigt enligt loggen', journalPaid: 'Betalt enligt loggen', difference: 'Skillnad', addsUp: 'Stämmer', doesNot: 'Stämmer inte', currency: 'Valuta', nothing: 'Inget var skyldigt dessa dagar.', all: 'Alla',
  },
});
