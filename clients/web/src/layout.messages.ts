// Words around the pages.
import { defineMessages } from './i18n';

export const t = defineMessages({
  en: {
    skip: 'Skip to the page', pages: 'Pages', menu: 'Menu', live: 'Live', breaches: 'Breaches', report: 'Report', payouts: 'Payouts', reviews: 'Reviews',
    sources: 'Sources', promises: 'Promises', whatIf: 'What if', wall: 'Wall', language: 'Language', preferences: 'Preferences', theme: 'Colours',
    themeAuto: 'As the system', themeLight: 'Light', themeDark: 'Dark',
    stale: 'Nothing has been heard from the server for {age}. What is shown here is old.',
    you: 'You', chooseName: 'Choose a name', changeName: 'Change', unauthenticated: 'name not checked', fromProxy: 'signed in',
    nameTitle: 'Who is at this browser?', name: 'Name', nameHint: 'It stands beside everything you decide. It is not checked: on this machine anybody can choose any name, and the record says so.',
    nameSave: 'Use this name', nameForget: 'Nobody', version: 'Version {version}',
    noPage: 'There is no such page', noPageText: 'The address may be mistyped.', toLive: 'To the live board',
    broken: 'This page could not be loaded', brokenText: 'The server may have been renewed. Load it again.', reload: 'Load again',
  },
  fi: {
    skip: 'Siirry sivun sisältöön', pages: 'Sivut', menu: 'Valikko', live: 'Nyt', breaches: 'Rikotut', report: 'Raportti', payouts: 'Maksut', reviews: 'Ratkaistavat',
    sources: 'Lähteet', promises: 'Lupaukset', whatIf: 'Entä jos', wall: 'Taulu', language: 'Kieli', preferences: 'Asetukset', theme: 'Värit',
    themeAuto: 'Järjestelmän mukaan', themeLight: 'Vaalea', themeDark: 'Tumma',
    stale: 'Palvelimesta ei ole kuultu mitään: {age}. Tässä näkyvä on vanhaa.',
    you: 'Sinä', chooseName: 'Valitse nimi', changeName: 'Vaihda', unauthenticated: 'nimeä ei ole tarkistettu', fromProxy: 'kirjautunut',
    nameTitle: 'Kuka on selaimen ääressä?', name: 'Nimi', nameHint: 'Se kirjataan jokaiseen päätökseesi. Sitä ei tarkisteta: tällä koneella kuka tahansa voi valita minkä tahansa nimen, ja kirjanpito kertoo sen.',
    nameSave: 'Käytä tätä nimeä', nameForget: 'Ei kukaan', version: 'Versio {version}',
    noPage: 'Sivua ei ole', noPageText: 'Osoitteessa voi olla kirjoitusvirhe.', toLive: 'Tilannenäkymään',
    broken: 'Sivua ei voitu ladata', brokenText: 'Palvelin on ehkä uusittu. Lataa sivu uudelleen.', reload: 'Lataa uudelleen',
  },
  sv: {
    skip: 'Gå till sidans innehåll', pages: 'Sidor', menu: 'Meny', live: 'Nu', breaches: 'Brutna', report: 'Rapport', payouts: 'Utbetalningar', reviews: 'Att avgöra',
    sources: 'Källor', promises: 'Löften', whatIf: 'Tänk om', wall: 'Tavla', language: 'Språk', preferences: 'Inställningar', theme: 'Färger',
    themeAuto: 'Som systemet', themeLight: 'Ljust', themeDark: 'Mörkt',
    stale: 'Inget har hörts från servern på {age}. Det som visas här är gammalt.',
    you: 'Du', chooseName: 'Välj ett namn', changeName: 'Byt', unauthenticated: 'namnet är inte kontrollerat', fromProxy: 'inloggad',
    nameTitle: 'Vem sitter vid webbläsaren?', name: 'Namn', nameHint: 'Det står vid allt du beslutar. Det kontrolleras inte: på den här datorn kan vem som helst välja vilket namn som helst, och protokollet säger det.',
    nameSave: 'Använd namnet', nameForget: 'Ingen', version: 'Version {version}',
    noPage: 'Sidan finns inte', noPageText: 'Adressen kan vara felskriven.', toLive: 'Till lägesbilden',
    broken: 'Sidan kunde inte laddas', brokenText: 'Servern kan ha förnyats. Ladda om sidan.', reload: 'Ladda om',
  },
});
