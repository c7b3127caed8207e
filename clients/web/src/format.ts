// Figures in the chosen language. Money stays text or whole minor units, never a float.
import { lang, type Lang } from './i18n';
import type { Instant, Int64, Money } from './types';

const kMinute = 60_000;
const kHour = 60 * kMinute;

/** A 64-bit integer of the wire as a number; counts and milliseconds stay far below 2^53. */
export function count(value: Int64 | number | undefined): number {
  return value === undefined ? 0 : Number(value);
}

/** 1234 → "1 234", "1,234". */
export function number(value: Int64 | number | undefined): string {
  return count(value).toLocaleString(lang.value);
}

const separators = new Map<Lang, { group: string; decimal: string }>();
function separatorsOf(inLang: Lang) {
  let found = separators.get(inLang);
  if (!found) {
    const parts = new Intl.NumberFormat(inLang, { useGrouping: true }).formatToParts(1234567.5);
    const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
    separators.set(inLang, found = { group: part('group'), decimal: part('decimal') });
  }
  return found;
}

/** "1234.50" → "1,234.50", "1 234,50". Digits are kept as they came. */
export function amount(text: string | undefined): string {
  if (!text) return '';
  const [, minus = '', whole = '', decimals = ''] = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text) ?? ['', '', text];
  const { group, decimal } = separatorsOf(lang.value);
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group);
  return (minus && '−') + grouped + (decimals && decimal + decimals);
}

/** "EUR 10.00" in English, "10,00 €" in Finnish and Swedish; '' where nothing is. */
export function money(sum: Money | undefined): string {
  if (!sum?.currency) return '';
  if (lang.value === 'en') return `${sum.currency}\u00a0${amount(sum.amount)}`;
  return `${amount(sum.amount)}\u00a0${sum.currency === 'EUR' ? '€' : sum.currency}`;
}

/** As `money`, with whole sums left without decimals: "EUR 10". */
export function shortMoney(sum: Money | undefined): string {
  return money(sum && { ...sum, amount: (sum.amount ?? '').replace(/\.0+$/, '') });
}

/** One sum a currency, "EUR 10.00 + USD 3.00"; `none` where there is nothing. */
export function sums(all: readonly Money[] | undefined, none = '–'): string {
  return (all ?? []).map(money).filter(Boolean).join(' + ') || none;
}

/** In the smallest unit that the text has: "10.05" → 1005n. */
export function minorUnits(text: string | undefined): bigint {
  return BigInt((text ?? '0').replace('.', '') || '0');
}

/** Adds sums up, one a currency, in the order in which currencies come. */
export function addMoney(all: Iterable<Money | undefined>): Money[] {
  const totals = new Map<string, { units: bigint; decimals: number }>();
  for (const sum of all) {
    if (!sum?.currency) continue;
    const decimals = (sum.amount ?? '').split('.')[1]?.length ?? 0;
    const before = totals.get(sum.currency) ?? { units: 0n, decimals };
    const places = Math.max(before.decimals, decimals);
    const scaled = (units: bigint, from: number) => units * 10n ** BigInt(places - from);
    totals.set(sum.currency, { units: scaled(before.units, before.decimals) + scaled(minorUnits(sum.amount), decimals), decimals: places });
  }
  return [...totals].map(([currency, { units, decimals }]) => ({ currency, amount: fixed(units, decimals) }));
}

/** 1005n, 2 → "10.05". */
export function fixed(units: bigint, decimals: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0');
  const text = decimals ? `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}` : digits;
  return (units < 0n ? '-' : '') + text;
}

const pad = (n: number) => String(n).padStart(2, '0');

/** A stop watch: "2:05", "1:02:05", "−0:12". Milliseconds; the second that runs is shown. */
export function stopwatch(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return (ms < 0 ? '−' : '') + (hours > 0 ? `${hours}:${pad(minutes)}` : minutes) + ':' + pad(seconds % 60);
}

/** A length of time in words: "15 min", "1 h 30 min", "2 d 3 h", "45 s", "1.5 s". Milliseconds. */
export function duration(milliseconds: Int64 | number | undefined): string {
  const ms = Math.abs(count(milliseconds));
  const minus = count(milliseconds) < 0 ? '−' : '';
  const day = { fi: 'pv', sv: 'd', en: 'd' }[lang.value];
  const hour = { fi: 't', sv: 'h', en: 'h' }[lang.value];
  const two = (big: number, bigUnit: string, small: number, smallUnit: string) =>
    minus + `${big}\u00a0${bigUnit}` + (small ? ` ${small}\u00a0${smallUnit}` : '');
  if (ms < kMinute) {
    const seconds = ms % 1000 && ms < 10_000 ? (ms / 1000).toLocaleString(lang.value, { maximumFractionDigits: 3 }) : Math.floor(ms / 1000);
    return `${minus}${seconds}\u00a0s`;
  }
  if (ms < kHour) return two(Math.floor(ms / kMinute), 'min', Math.floor(ms / 1000) % 60, 's');
  if (ms < 48 * kHour) return two(Math.floor(ms / kHour), hour, Math.floor(ms / kMinute) % 60, 'min');
  return two(Math.floor(ms / (24 * kHour)), day, Math.floor(ms / kHour) % 24, hour);
}

/** 956000 → "95.6 %". Millionths; `digits` after the decimal separator. */
export function percent(ppm: Int64 | number | undefined, digits = 1): string {
  if (ppm === undefined) return '–';
  // WHY: 99.96 % kept is not 100 % kept, so it is never rounded up to it.
  const step = 10 ** (4 - digits);
  const shown = count(ppm) < 1_000_000 ? Math.min(Math.round(count(ppm) / step) * step, 1_000_000 - step) : count(ppm);
  return (shown / 10_000).toLocaleString(lang.value, { minimumFractionDigits: digits, maximumFractionDigits: digits }) + '\u00a0%';
}

/** Millionths of a whole, in whole numbers; undefined of nothing. */
export function ppmOf(part: number, whole: number): number | undefined {
  return whole > 0 ? Math.floor(part * 1_000_000 / whole) : undefined;
}

export type Shown = 'date' | 'minute' | 'second' | 'exact' | 'time';
const shapes: Record<Shown, Intl.DateTimeFormatOptions> = {
  date: { year: 'numeric', month: '2-digit', day: '2-digit' },
  minute: { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  second: { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
  exact: { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 },
  time: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
};
const formats = new Map<string, Intl.DateTimeFormat>();

/** An instant in `zone` ("Europe/Helsinki"), or in the browser's where none is given. */
export function instant(at: Instant | number | undefined, shown: Shown = 'minute', zone?: string): string {
  if (at === undefined || at === '') return '–';
  const key = `${lang.value} ${shown} ${zone ?? ''}`;
  let format = formats.get(key);
  if (!format) {
    const locale = lang.value === 'en' ? 'en-GB' : lang.value === 'sv' ? 'sv-SE' : 'fi-FI';
    formats.set(key, format = new Intl.DateTimeFormat(locale, { ...shapes[shown], hourCycle: 'h23', ...(zone && { timeZone: zone }) }));
  }
  return format.format(new Date(at));
}

/** "2026-01-05", a day without a zone, as the language writes it. */
export function day(local: string | undefined): string {
  return local ? instant(`${local}T00:00:00Z`, 'date', 'UTC') : '–';
}
