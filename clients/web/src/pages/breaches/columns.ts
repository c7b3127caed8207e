// The columns of the list of breaches: what each is called in a filter, and its plain value for files.
import type { VerdictLine } from '../../types';

export interface Column {
  /** As in filters, orders and files. */
  id: string;
  /** Whether the server can order by it. */
  isOrdered: boolean;
  isNumber: boolean;
  value: (line: VerdictLine) => string | number | boolean | undefined;
}

const seconds = (ms: string | undefined): number | undefined => (ms === undefined ? undefined : Number(ms) / 1000);

export const columns: readonly Column[] = [
  { id: 'ticket', isOrdered: true, isNumber: false, value: (line) => line.ticket },
  { id: 'label', isOrdered: false, isNumber: false, value: (line) => line.label },
  { id: 'branch', isOrdered: true, isNumber: false, value: (line) => line.branch },
  { id: 'promise', isOrdered: true, isNumber: false, value: (line) => line.promise },
  { id: 'service', isOrdered: true, isNumber: false, value: (line) => line.service },
  { id: 'verdict', isOrdered: true, isNumber: false, value: (line) => line.verdict },
  { id: 'final', isOrdered: true, isNumber: false, value: (line) => line.final ?? false },
  { id: 'started_at', isOrdered: true, isNumber: false, value: (line) => line.startedAt },
  { id: 'due_at', isOrdered: true, isNumber: false, value: (line) => line.dueAt },
  { id: 'stopped_at', isOrdered: true, isNumber: false, value: (line) => line.stoppedAt },
  { id: 'breached_at', isOrdered: true, isNumber: false, value: (line) => line.breachedAt },
  { id: 'counted', isOrdered: true, isNumber: true, value: (line) => seconds(line.countedMs ?? '0') },
  { id: 'late_by', isOrdered: true, isNumber: true, value: (line) => seconds(line.lateByMs) },
  { id: 'amount', isOrdered: true, isNumber: true, value: (line) => (line.owed?.amount === undefined ? undefined : line.owed.amount) },
  { id: 'currency', isOrdered: true, isNumber: false, value: (line) => line.owed?.currency },
  { id: 'paid_state', isOrdered: true, isNumber: false, value: (line) => line.paidState },
  { id: 'reason', isOrdered: true, isNumber: false, value: (line) => line.reason },
  { id: 'revision', isOrdered: true, isNumber: true, value: (line) => line.revision },
  { id: 'cycle', isOrdered: true, isNumber: true, value: (line) => line.cycle },
];

export const usualColumns = ['ticket', 'branch', 'promise', 'verdict', 'started_at', 'counted', 'late_by', 'amount', 'paid_state'];

/** The columns named in an address; the usual ones where it names none that exist. */
export function columnsOf(text: string | null): Column[] {
  const wanted = (text ?? '').split(',');
  const chosen = columns.filter((column) => wanted.includes(column.id));
  return chosen.length > 0 ? chosen : columns.filter((column) => usualColumns.includes(column.id));
}
