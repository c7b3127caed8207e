// Words of the live page.
import { defineMessages } from '../../i18n';

export const t = defineMessages({
  en: {
    title: 'Live', branch: 'Branch', allBranches: 'All branches', filters: 'Which tickets', state: 'State', every: 'All', figures: 'Now', today: 'Today',
    caption: 'Tickets with a running clock, least time left first', ticket: 'Ticket', service: 'Service', waited: 'Waited', promise: 'Promise',
    ofThem: 'at risk: {sum}', lost: 'broken already: {sum}', serverTime: 'Server time {time}', told: 'told up to {time}',
    silent: 'Silent sources', reconnecting: 'The connection is lost; trying again.', more: { one: '{count} more ticket', other: '{count} more tickets' },
    showAll: 'Show all', branches: 'Branches', openWall: 'Open the wall page', clocks: { one: 'and {count} more clock', other: 'and {count} more clocks' },
    none: 'No ticket is in this state.', perBranch: 'Call next',
  },
  fi: {
    title: 'Nyt', branch: 'Konttori', allBranches: 'Kaikki konttorit', filters: 'Mitkä vuorot', state: 'Tila', every: 'Kaikki', figures: 'Nyt', today: 'Tänään',
    caption: 'Vuorot, joiden kello käy, vähiten aikaa ensin', ticket: 'Vuoro', service: 'Palvelu', waited: 'Odottanut', promise: 'Lupaus',
    ofThem: 'vaarassa: {sum}', lost: 'jo rikottu: {sum}', serverTime: 'Palvelimen aika {time}', told: 'kerrottu {time} asti',
    silent: 'Hiljaiset lähteet', reconnecting: 'Yhteys katkesi; yritetään uudelleen.', more: { one: '{count} vuoro lisää', other: '{count} vuoroa lisää' },
    showAll: 'Näytä kaikki', branches: 'Konttorit', openWall: 'Avaa taulusivu', clocks: { one: 'ja {count} kello lisää', other: 'ja {count} kelloa lisää' },
    none: 'Yksikään vuoro ei ole tässä tilassa.', perBranch: 'Kutsu seuraavaksi',
  },
  sv: {
    title: 'Nu', branch: 'Kontor', allBranches: 'Alla kontor', filters: 'Vilka köplatser', state: 'Läge', every: 'Alla', figures: 'Nu', today: 'I dag',
    caption: 'Köplatser med gående klocka, minst tid kvar först', ticket: 'Köplats', service: 'Tjänst', waited: 'Väntat', promise: 'Löfte',
    ofThem: 'i fara: {sum}', lost: 'redan brutet: {sum}', serverTime: 'Serverns tid {time}', told: 'berättat till {time}',
    silent: 'Tysta källor', reconnecting: 'Förbindelsen är bruten; försöker igen.', more: { one: '{count} köplats till', other: '{count} köplatser till' },
    showAll: 'Visa alla', branches: 'Kontor', openWall: 'Öppna tavlan', clocks: { one: 'och {count} klocka till', other: 'och {count} klockor till' },
    none: 'Ingen köplats är i det läget.', perBranch: 'Kalla härnäst',
  },
});
