// The few words that all charts share, in three languages.
import { defineMessages } from '../i18n';

export const t = defineMessages({
  en: { as_table: 'As a table' },
  fi: { as_table: 'Taulukkona' },
  sv: { as_table: 'Som tabell' },
});
