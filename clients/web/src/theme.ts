// Light, dark, or as the system says.
import { effect, signal } from '@preact/signals';
import { store, stored } from './i18n';

export type Theme = 'auto' | 'light' | 'dark';
export const themes: readonly Theme[] = ['auto', 'light', 'dark'];
const kStored = 'lupaus.theme';

/** What was chosen. */
export const theme = signal<Theme>(themes.find((one) => one === stored(kStored)) ?? 'auto');

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  store(kStored, chosen);
}

effect(() => {
  document.documentElement.dataset['theme'] = theme.value;
});
