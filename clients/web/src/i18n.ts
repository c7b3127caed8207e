// Words in Finnish, Swedish and English. A key, or a hole such as {count}, that one language has and another lacks does
// not compile.
import { effect, signal } from '@preact/signals';

export type Lang = 'fi' | 'sv' | 'en';
export const langs: readonly Lang[] = ['fi', 'sv', 'en'];
export const langNames: Record<Lang, string> = { fi: 'Suomi', sv: 'Svenska', en: 'English' };

/** By number: chosen by the hole `count`. All three languages know these two forms. */
export interface Plural { one: string; other: string }
export type Message = string | Plural;

type HolesIn<S> = S extends `${string}{${infer Hole}}${infer Rest}` ? Hole | HolesIn<Rest> : never;
type Holes<M> = M extends Plural ? HolesIn<M['one']> | HolesIn<M['other']> | 'count' : HolesIn<M>;
type Alike<A, B> = [A] extends [B] ? [B] extends [A] ? true : false : false;
type Like<En, Other> = {
  [Key in keyof Other]: Key extends keyof En ? Alike<Holes<En[Key]>, Holes<Other[Key]>> extends true ? Message : never : never;
};
type Values<M> = [Holes<M>] extends [never] ? [] : [values: Record<Holes<M>, string | number>];

/** Says a message in the chosen language; within a component it follows the choice. */
export type Say<En> = <Key extends keyof En>(key: Key, ...values: Values<En[Key]>) => string;

const kStored = 'lupaus.lang';

function firstChoice(): Lang {
  const wanted = [stored(kStored), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return wanted.find((tag): tag is Lang => (langs as readonly (string | null)[]).includes(tag)) ?? 'en';
}

/** What the browser keeps under a name; null where it keeps nothing, or must not. */
export function stored(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Keeps it where the browser may. */
export function store(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

/** The language of every word on the page. */
export const lang = signal<Lang>(firstChoice());

export function chooseLang(chosen: Lang): void {
  lang.value = chosen;
  store(kStored, chosen);
}

effect(() => {
  document.documentElement.lang = lang.value;
});

const plurals: Record<Lang, Intl.PluralRules> = {
  fi: new Intl.PluralRules('fi'), sv: new Intl.PluralRules('sv'), en: new Intl.PluralRules('en'),
};

/** `m` in `inLang`, its holes filled. Counts are written as the language writes them. */
export function fill(m: Message, inLang: Lang, values: Record<string, string | number> = {}): string {
  const text = typeof m === 'string' ? m : m[plurals[inLang].select(Number(values['count'])) === 'one' ? 'one' : 'other'];
  return text.replace(/\{(\w+)\}/g, (_, hole: string) => {
    const value = values[hole];
    return typeof value === 'number' ? value.toLocaleString(inLang) : value ?? '';
  });
}

/** The messages of one page or part. `const t = defineMessages({en: {...}, fi: {...}, sv: {...}}); t('broken', {count: 3})`. */
export function defineMessages<const En extends Record<string, Message>, const Fi extends Record<keyof En, Message>,
                               const Sv extends Record<keyof En, Message>>(
  words: { en: En; fi: Fi & Like<En, Fi>; sv: Sv & Like<En, Sv> }): Say<En> {
  const all: Record<Lang, Record<PropertyKey, Message>> = words;
  return (key, ...values) => fill(all[lang.value][key] ?? '', lang.value, values[0] as Record<string, string | number> | undefined);
}

/** As `defineMessages`, for names that come from the server: an unknown one is shown as it came. */
export function defineNames<const En extends Record<string, string>, const Fi extends Record<keyof En, string>,
                            const Sv extends Record<keyof En, string>>(
  words: { en: En; fi: Fi & Record<Exclude<keyof Fi, keyof En>, never>; sv: Sv & Record<Exclude<keyof Sv, keyof En>, never> },
): (name: string | undefined) => string {
  const all: Record<Lang, Record<string, string>> = words;
  return (name) => name === undefined ? '' : all[lang.value][name] ?? name;
}
