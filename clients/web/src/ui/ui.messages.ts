// Words that every page shares.
import { defineMessages } from '../i18n';

export const t = defineMessages({
  en: {
    close: 'Close', cancel: 'Cancel', retry: 'Try again', loading: 'Loading …', sortBy: 'Sort by {column}', scrollable: 'Table: {caption}',
    showCommand: 'Show as command', copy: 'Copy', copied: 'Copied', required: 'required', reason: 'Reason', previous: 'Previous page', next: 'Next page', paging: 'Pages of the list',
    noAnswer: 'The server does not answer.', noAnswerHint: 'Is it running, and can this computer reach it?',
    nobody: 'Nobody is at this browser.', nobodyHint: 'Choose a name at the top of the page first.',
  },
  fi: {
    close: 'Sulje', cancel: 'Peruuta', retry: 'Yritä uudelleen', loading: 'Ladataan …', sortBy: 'Järjestä: {column}', scrollable: 'Taulukko: {caption}',
    showCommand: 'Näytä komentona', copy: 'Kopioi', copied: 'Kopioitu', required: 'pakollinen', reason: 'Syy', previous: 'Edellinen sivu', next: 'Seuraava sivu', paging: 'Luettelon sivut',
    noAnswer: 'Palvelin ei vastaa.', noAnswerHint: 'Onko se käynnissä, ja saako tämä kone siihen yhteyden?',
    nobody: 'Selaimen ääressä ei ole ketään.', nobodyHint: 'Valitse ensin nimi sivun yläosasta.',
  },
  sv: {
    close: 'Stäng', cancel: 'Avbryt', retry: 'Försök igen', loading: 'Laddar …', sortBy: 'Sortera efter {column}', scrollable: 'Tabell: {caption}',
    showCommand: 'Visa som kommando', copy: 'Kopiera', copied: 'Kopierat', required: 'obligatoriskt', reason: 'Orsak', previous: 'Föregående sida', next: 'Nästa sida', paging: 'Listans sidor',
    noAnswer: 'Servern svarar inte.', noAnswerHint: 'Är den igång, och når den här datorn den?',
    nobody: 'Ingen sitter vid den här webbläsaren.', nobodyHint: 'Välj först ett namn överst på sidan.',
  },
});
