// Words of the page of sources.
import { defineMessages } from '../../i18n';

export const t = defineMessages({
  en: {
    title: 'Sources', caption: 'Sources of events', source: 'Source', state: 'State', silence: 'Silent for', lastHeard: 'Last event', skew: 'Clock', backlog: 'Unsent',
    held: 'Verdicts waiting', heldSum: 'Owed', rejected: { one: '{count} event refused', other: '{count} events refused' }, filters: 'Which sources', branch: 'Branch', allBranches: 'All branches',
    holdingOnly: 'Only those that verdicts wait for', withRetired: 'Retired ones too', none: 'There is no such source.',
    behind: '{time} behind', ahead: '{time} ahead', exact: 'right', corrected: 'corrected', twins: { one: '{count} event of a twin', other: '{count} events of a twin' },
    retire: 'Retire', retireTitle: 'Retire {source}?', retireText: 'Nothing waits for it any more: the verdicts that hang on it are made from what is known. What it still sends is taken.',
    retired: 'retired: {reason}', silentOnes: 'Silent', heldVerdicts: 'Verdicts waiting for sources', heldMoney: 'Owed by those that are broken', all: 'Sources',
    figures: 'Sources together', asOf: 'As of {time}', action: 'Action',
  },
  fi: {
    title: 'Lähteet', caption: 'Tapahtumien lähteet', source: 'Lähde', state: 'Tila', silence: 'Hiljaa', lastHeard: 'Viimeisin tapahtuma', skew: 'Kello', backlog: 'Lähettämättä',
    held: 'Ratkaisuja odottaa', heldSum: 'Velkaa', rejected: { one: '{count} tapahtuma hylätty', other: '{count} tapahtumaa hylätty' }, filters: 'Mitkä lähteet', branch: 'Konttori', allBranches: 'Kaikki konttorit',
    holdingOnly: 'Vain ne, joita ratkaisut odottavat', withRetired: 'Myös käytöstä poistetut', none: 'Sellaista lähdettä ei ole.',
    behind: '{time} jäljessä', ahead: '{time} edellä', exact: 'oikeassa', corrected: 'korjattu', twins: { one: '{count} kaksoisolennon tapahtuma', other: '{count} kaksoisolennon tapahtumaa' },
    retire: 'Poista käytöstä', retireTitle: 'Poistetaanko {source} käytöstä?', retireText: 'Mikään ei enää odota sitä: siitä riippuvat ratkaisut tehdään sen perusteella, mitä tiedetään. Mitä se vielä lähettää, otetaan vastaan.',
    retired: 'poistettu: {reason}', silentOnes: 'Hiljaa', heldVerdicts: 'Ratkaisuja odottaa lähteitä', heldMoney: 'Rikotuista velkaa', all: 'Lähteitä',
    figures: 'Lähteet yhteensä', asOf: 'Tilanne {time}', action: 'Toiminto',
  },
  sv: {
    title: 'Källor', caption: 'Källor till händelser', source: 'Källa', state: 'Läge', silence: 'Tyst i', lastHeard: 'Senaste händelse', skew: 'Klocka', backlog: 'Osänt',
    held: 'Utslag väntar', heldSum: 'Skyldigt', rejected: { one: '{count} händelse avvisad', other: '{count} händelser avvisade' }, filters: 'Vilka källor', branch: 'Kontor', allBranches: 'Alla kontor',
    holdingOnly: 'Bara de som utslag väntar på', withRetired: 'Också de som tagits ur bruk', none: 'Det finns ingen sådan källa.',
    behind: '{time} efter', ahead: '{time} före', exact: 'rätt', corrected: 'rättad', twins: { one: '{count} händelse från en tvilling', other: '{count} händelser från en tvilling' },
    retire: 'Ta ur bruk', retireTitle: 'Ta {source} ur bruk?', retireText: 'Inget väntar på den längre: utslagen som hänger på den fälls efter det som är känt. Det den ännu sänder tas emot.',
    retired: 'ur bruk: {reason}', silentOnes: 'Tysta', heldVerdicts: 'Utslag som väntar på källor', heldMoney: 'Skyldigt av de brutna', all: 'Källor',
    figures: 'Källorna tillsammans', asOf: 'Läget {time}', action: 'Åtgärd',
  },
});
