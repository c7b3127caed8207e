// Words of the page of reviews.
import { defineMessages, defineNames } from '../../i18n';

export const t = defineMessages({
  en: {
    title: 'Reviews', caption: 'What waits for a person, longest first', ticket: 'Ticket', promise: 'Promise', kind: 'Kind', reason: 'Why', since: 'Waits since', branch: 'Branch',
    stake: 'Would pay', nowSay: 'Events now say', payout: 'Compensation', decide: 'Decide', filters: 'Which reviews', allKinds: 'Both kinds', allBranches: 'All branches',
    none: 'Nothing waits for a decision.', decideTitle: 'Decide {ticket}', verdict: 'Verdict', evidence: 'Evidence', evidenceHint: 'Where the proof is kept: a case number, a document, a recording.',
    breached: 'Broken: pays {sum}', breachedFree: 'Broken', kept: 'Kept: pays nothing', void: 'Void: the promise did not apply', decided: 'Decided: {verdict}.', pays: 'It pays {sum} as {payout}.',
    action: 'Action', cycle: 'clock {cycle}', proof: 'See the proof first', once: 'It is decided once. The verdict that could not be proved stays in the log, and your decision follows it.',
  },
  fi: {
    title: 'Ratkaistavat', caption: 'Mikä odottaa ihmistä, pisimpään odottanut ensin', ticket: 'Vuoro', promise: 'Lupaus', kind: 'Laji', reason: 'Miksi', since: 'Odottanut', branch: 'Konttori',
    stake: 'Maksaisi', nowSay: 'Tapahtumat sanovat nyt', payout: 'Hyvitys', decide: 'Ratkaise', filters: 'Mitkä', allKinds: 'Molemmat', allBranches: 'Kaikki konttorit',
    none: 'Mikään ei odota ratkaisua.', decideTitle: 'Ratkaise {ticket}', verdict: 'Ratkaisu', evidence: 'Näyttö', evidenceHint: 'Missä todiste on: asianumero, asiakirja, tallenne.',
    breached: 'Rikottu: maksaa {sum}', breachedFree: 'Rikottu', kept: 'Pidetty: ei maksa mitään', void: 'Rauennut: lupaus ei koskenut tätä', decided: 'Ratkaistu: {verdict}.', pays: 'Maksaa {sum}, hyvitys {payout}.',
    action: 'Toiminto', cycle: 'kello {cycle}', proof: 'Katso näyttö ensin', once: 'Tämä ratkaistaan kerran. Ratkaisu, jota ei voitu todistaa, jää lokiin, ja päätöksesi seuraa sitä.',
  },
  sv: {
    title: 'Att avgöra', caption: 'Vad som väntar på en människa, längst först', ticket: 'Köplats', promise: 'Löfte', kind: 'Slag', reason: 'Varför', since: 'Väntar sedan', branch: 'Kontor',
    stake: 'Skulle betala', nowSay: 'Händelserna säger nu', payout: 'Ersättning', decide: 'Avgör', filters: 'Vilka', allKinds: 'Båda slagen', allBranches: 'Alla kontor',
    none: 'Inget väntar på avgörande.', decideTitle: 'Avgör {ticket}', verdict: 'Utslag', evidence: 'Bevis', evidenceHint: 'Var beviset finns: ett ärendenummer, ett dokument, en inspelning.',
    breached: 'Brutet: betalar {sum}', breachedFree: 'Brutet', kept: 'Hållet: betalar inget', void: 'Förfallet: löftet gällde inte', decided: 'Avgjort: {verdict}.', pays: 'Betalar {sum} som {payout}.',
    action: 'Åtgärd', cycle: 'klocka {cycle}', proof: 'Se beviset först', once: 'Det avgörs en gång. Utslaget som inte kunde bevisas står kvar i loggen, och ditt beslut följer det.',
  },
});

export const kindName = defineNames({
  en: { indeterminate: 'Indeterminate', held: 'Held' },
  fi: { indeterminate: 'Epäselvä', held: 'Pidätetty' },
  sv: { indeterminate: 'Obestämt', held: 'Innehållet' },
});

export const reasonName = defineNames({
  en: { clock: 'a clock was wrong', silence: 'a source was silent', review: 'the promise asks for a person', 'late evidence': 'late evidence',
        'cap ticket': 'the ticket’s cap', 'cap customer/day': 'the customer’s cap of the day', 'cap customer/month': 'the customer’s cap of the month', 'cap customer/year': 'the customer’s cap of the year', 'cap promise/day': 'the promise’s cap of the day', 'cap promise/month': 'the promise’s cap of the month' },
  fi: { clock: 'kello oli väärässä', silence: 'lähde oli hiljaa', review: 'lupaus pyytää ihmistä', 'late evidence': 'myöhäinen näyttö',
        'cap ticket': 'vuoron katto', 'cap customer/day': 'asiakkaan päiväkatto', 'cap customer/month': 'asiakkaan kuukausikatto', 'cap customer/year': 'asiakkaan vuosikatto', 'cap promise/day': 'lupauksen päiväkatto', 'cap promise/month': 'lupauksen kuukausikatto' },
  sv: { clock: 'en klocka gick fel', silence: 'en källa var tyst', review: 'löftet kräver en människa', 'late evidence': 'sena bevis',
        'cap ticket': 'köplatsens tak', 'cap customer/day': 'kundens dagstak', 'cap customer/month': 'kundens månadstak', 'cap customer/year': 'kundens årstak', 'cap promise/day': 'löftets dagstak', 'cap promise/month': 'löftets månadstak' },
});
