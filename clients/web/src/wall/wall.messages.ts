// Words that only the wall has.
import { defineMessages } from '../i18n';

export const t = defineMessages({
  en: {
    all: 'All branches', title: 'Wall', stale: 'This wall is {age} old and does not show what happens now.', ticket: 'Ticket', more: { one: 'and {count} more', other: 'and {count} more' },
    caption: 'Who falls due next', figures: 'Now', today: 'Today',
  },
  fi: {
    all: 'Kaikki konttorit', title: 'Taulu', stale: 'Tämä taulu on {age} vanha eikä näytä, mitä nyt tapahtuu.', ticket: 'Vuoro', more: { one: 'ja {count} muu', other: 'ja {count} muuta' },
    caption: 'Kenen aika täyttyy seuraavaksi', figures: 'Nyt', today: 'Tänään',
  },
  sv: {
    all: 'Alla kontor', title: 'Tavla', stale: 'Den här tavlan är {age} gammal och visar inte vad som händer nu.', ticket: 'Köplats', more: { one: 'och {count} till', other: 'och {count} till' },
    caption: 'Vems tid går ut härnäst', figures: 'Nu', today: 'I dag',
  },
});
