// What can come next in a filter: names of fields, then operators that fit them, then values, then `&&`. Knows just so
// much of CEL as it takes to help; the server alone says what is right.

export type FieldType = 'text' | 'number' | 'flag' | 'instant' | 'length';
export type Known = Readonly<Record<string, readonly string[]>>;

/** The fields of a line, in the order in which they are offered. */
export const fieldTypes: Readonly<Record<string, FieldType>> = {
  branch: 'text', promise: 'text', service: 'text', verdict: 'text', late_by: 'length', counted: 'length', amount: 'number',
  hour: 'number', weekday: 'number', paid_state: 'text', started_at: 'instant', due_at: 'instant', stopped_at: 'instant',
  breached_at: 'instant', ticket: 'text', reason: 'text', currency: 'text', final: 'flag', revision: 'number', cycle: 'number',
};

/** One thing that may be put in. */
export interface Offer {
  /** What is put in place of [from, to). */
  text: string;
  kind: 'field' | 'operator' | 'value';
}

export interface Completion { from: number; to: number; offers: readonly Offer[] }

const operators: Readonly<Record<FieldType, readonly string[]>> = {
  text: ['==', '!=', 'in', '.startsWith("")', '.contains("")'],
  number: ['==', '>', '>=', '<', '<=', '!='],
  length: ['>', '>=', '<', '<='],
  instant: ['>=', '<', '>', '<='],
  flag: ['&&', '||'],
};
const lengths = ['duration("1m")', 'duration("5m")', 'duration("15m")', 'duration("1h")'];
const numbers: Readonly<Record<string, readonly string[]>> = {
  weekday: ['1', '2', '3', '4', '5', '6', '7'],
  hour: ['8', '9', '10', '11', '12', '13', '14', '15', '16', '17'],
  amount: ['10.0', '20.0', '50.0'],
};
const tokenShape = /"(?:[^"\\]|\\.)*"?|[A-Za-z_][A-Za-z_0-9]*|\d+(?:\.\d*)?|&&|\|\||==|!=|<=|>=|\S/g;

interface Token { text: string; from: number; to: number }

function tokensBefore(text: string, caret: number): Token[] {
  return [...text.slice(0, caret).matchAll(tokenShape)].map((match) => ({
    text: match[0], from: match.index, to: match.index + match[0].length,
  }));
}

function valuesOf(field: string, known: Known): readonly string[] {
  switch (fieldTypes[field]) {
    case 'text': return (known[field] ?? []).map((value) => JSON.stringify(value));
    case 'length': return lengths;
    case 'number': return numbers[field] ?? ['1'];
    case 'flag': return ['true', 'false'];
    case 'instant': return [`timestamp("${new Date().toISOString().slice(0, 10)}T00:00:00Z")`];
    default: return [];
  }
}

const comparisons = ['==', '!=', '<', '<=', '>', '>='];
const openers = ['&&', '||', '!', '('];

/** What may stand behind `done`: the offers of the grammar's next place. */
function nextOffers(done: readonly Token[], known: Known): readonly Offer[] {
  const last = done[done.length - 1]?.text;
  const before = done[done.length - 2]?.text ?? '';
  if (last === undefined || openers.includes(last)) {
    return Object.keys(fieldTypes).map((text): Offer => ({ text, kind: 'field' }));
  }
  if (comparisons.includes(last)) return valuesOf(before, known).map((text): Offer => ({ text, kind: 'value' }));
  if (last === 'in') return [{ text: `[${valuesOf(before, known).slice(0, 3).join(', ')}]`, kind: 'value' }];
  const type = fieldTypes[last];
  const isOperand = comparisons.includes(before) || before === 'in';
  if (type !== undefined && !isOperand) return operators[type].map((text): Offer => ({ text, kind: 'operator' }));
  if (/^["\d\])]|^(true|false)$/.test(last)) return ['&&', '||'].map((text): Offer => ({ text, kind: 'operator' }));
  return [];
}

/** What could be put in at the caret; no offers where nothing is known. */
export function complete(text: string, caret: number, known: Known): Completion {
  const tokens = tokensBefore(text, caret);
  const last = tokens[tokens.length - 1];
  const isOpenText = last !== undefined && last.text.startsWith('"') && !(last.text.length > 1 && last.text.endsWith('"'));
  const isTouching = last !== undefined && last.to === caret && (isOpenText || /^[A-Za-z_0-9=!<>&|]/.test(last.text));
  if (!isTouching) return { from: caret, to: caret, offers: nextOffers(tokens, known) };
  const typed = last.text.toLowerCase();
  const fits = nextOffers(tokens.slice(0, -1), known)
    .filter((offer) => offer.text.toLowerCase().startsWith(typed) && offer.text !== last.text);
  if (fits.length > 0 || isOpenText) {
    const rest = isOpenText ? /^[^"]*"?/.exec(text.slice(caret))?.[0].length ?? 0 : 0;
    return { from: last.from, to: caret + rest, offers: fits };
  }
  return fieldTypes[last.text] === undefined ? { from: caret, to: caret, offers: [] }
    : { from: caret, to: caret, offers: nextOffers(tokens, known) };
}

/** The text with the offer in it, and where the caret is then. */
export function accept(text: string, at: Completion, offer: Offer): { text: string; caret: number } {
  const isCall = offer.text.startsWith('.');
  const before = text.slice(0, at.from);
  const gap = isCall ? '' : before === '' || /[\s(!]$/.test(before) ? '' : ' ';
  const head = isCall ? before.trimEnd() : before + gap;
  const put = isCall || offer.text.endsWith('")') && offer.kind === 'operator' ? offer.text : `${offer.text} `;
  const caret = isCall ? head.length + put.length - 2 : head.length + put.length;
  return { text: head + put + text.slice(at.to).trimStart(), caret };
}
