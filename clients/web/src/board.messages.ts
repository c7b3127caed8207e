// Words of the live board, on the page and on the wall.
import { defineMessages } from './i18n';

export const t = defineMessages({
  en: {
    broken: 'Broken', 'at-risk': 'At risk', 'on-time': 'On time', paused: 'Paused',
    waiting: 'Waiting', atStake: 'At stake', left: 'Time left', late: 'late',
    callNext: 'Call {label} next', saves: 'saves {sum}', dueIn: 'due in {left}',
    nobodyWaits: 'Nobody waits.', connecting: 'Waiting for the server …',
    silentFor: '{source} silent for {age}', neverHeard: '{source} was never heard',
    provisional: { one: '{count} verdict provisional', other: '{count} verdicts provisional' }, stakeOn: '{sum} at stake',
    keptToday: 'Kept today', brokenToday: 'Broken today', owedToday: 'Owed today',
  },
  fi: {
    broken: 'Rikottu', 'at-risk': 'Vaarassa', 'on-time': 'Ajoissa', paused: 'Tauolla',
    waiting: 'Odottaa', atStake: 'Pelissä', left: 'Aikaa jäljellä', late: 'myöhässä',
    callNext: 'Kutsu seuraavaksi {label}', saves: 'säästää {sum}', dueIn: 'aikaa {left}',
    nobodyWaits: 'Kukaan ei odota.', connecting: 'Odotetaan palvelinta …',
    silentFor: '{source} hiljaa {age}', neverHeard: '{source} ei ole koskaan kertonut mitään',
    provisional: { one: '{count} ratkaisu alustava', other: '{count} ratkaisua alustavia' }, stakeOn: '{sum} pelissä',
    keptToday: 'Pidetty tänään', brokenToday: 'Rikottu tänään', owedToday: 'Velkaa tänään',
  },
  sv: {
    broken: 'Brutet', 'at-risk': 'I fara', 'on-time': 'I tid', paused: 'Pausat',
    waiting: 'Väntar', atStake: 'På spel', left: 'Tid kvar', late: 'försenat',
    callNext: 'Kalla {label} härnäst', saves: 'sparar {sum}', dueIn: '{left} kvar',
    nobodyWaits: 'Ingen väntar.', connecting: 'Väntar på servern …',
    silentFor: '{source} tyst i {age}', neverHeard: '{source} har aldrig hörts',
    provisional: { one: '{count} utslag preliminärt', other: '{count} utslag preliminära' }, stakeOn: '{sum} på spel',
    keptToday: 'Hållet i dag', brokenToday: 'Brutet i dag', owedToday: 'Skyldigt i dag',
  },
});
