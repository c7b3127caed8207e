// The live board as the stream tells it, and what a branch reads off it: who waits, how long is left, what is at stake.
import { addMoney, count } from './format';
import type { BranchToday, Instant, Money, SilentSource, Ticket, TicketCommitment, WatchTicketsResponse } from './types';

/** broken · at-risk · on-time · paused, as of an instant. */
export type BoardState = 'broken' | 'at-risk' | 'on-time' | 'paused';

/** One ticket by its most urgent running clock. */
export interface BoardRow {
  key: string;
  branch: string;
  ticket: string;
  label: string;
  service: string;
  promise: string;
  state: BoardState;
  /** Until it falls due, negative once it is late; undefined while paused. Milliseconds. */
  leftMs: number | undefined;
  countedMs: number;
  limitMs: number;
  /** What breaking it costs, or has cost. */
  stake: Money | undefined;
  /** Its other running clocks. */
  moreClocks: number;
}

/** Everything that was told since the last `begin`. Changed in place: `version` says that it was. */
export class Board {
  readonly tickets = new Map<string, Ticket>();
  readonly today = new Map<string, BranchToday>();
  silent: readonly SilentSource[] = [];
  asOf: Instant | undefined;
  watermark: Instant | undefined;
  hasBegun = false;

  apply(message: WatchTicketsResponse): void {
    if (message.begin) {
      this.tickets.clear();
      this.today.clear();
      this.silent = [];
      this.watermark = undefined;
      this.hasBegun = true;
    }
    for (const ticket of message.tickets ?? []) this.tickets.set(keyOf(ticket), ticket);
    for (const gone of message.gone ?? []) this.tickets.delete(keyOf(gone));
    for (const branch of message.today ?? []) this.today.set(branch.branch ?? '', branch);
    if (message.silent) this.silent = message.silent.sources ?? [];
    if (message.asOf) this.asOf = message.asOf;
    if (message.watermark) this.watermark = message.watermark;
  }
}

function keyOf(name: { branch?: string; ticket?: string }): string {
  return `${name.branch ?? ''}\n${name.ticket ?? ''}`;
}

/** The rows at `now` (milliseconds since 1970), least time left first, paused ones last. */
export function rowsOf(board: Board, now: number): BoardRow[] {
  const rows: BoardRow[] = [];
  for (const ticket of board.tickets.values()) {
    const row = rowOf(ticket, now);
    if (row) rows.push(row);
  }
  const urgency = (row: BoardRow) => row.leftMs ?? Infinity;
  return rows.sort((a, b) => urgency(a) - urgency(b) || (a.key < b.key ? -1 : 1) || 0);
}

/** A final verdict ends the interest in a clock, except that whoever's promise was broken still waits. */
const isWaiting = (one: TicketCommitment) => !one.stoppedAt && (!one.final || one.verdict === 'breached');

/** Without a running clock there is no row. */
export function rowOf(ticket: Ticket, now: number): BoardRow | undefined {
  const running = (ticket.commitments ?? []).filter(isWaiting);
  let urgent: TicketCommitment | undefined;
  for (const one of running) {
    if (!urgent || leftOf(one, now, Infinity) < leftOf(urgent, now, Infinity)) urgent = one;
  }
  if (!urgent) return undefined;
  const leftMs = urgent.dueAt ? Date.parse(urgent.dueAt) - now : undefined;
  const limitMs = count(urgent.limitMs);
  return {
    key: keyOf(ticket), branch: ticket.branch ?? '', ticket: ticket.ticket ?? '', label: ticket.label || ticket.ticket || '',
    service: ticket.attributes?.['service'] ?? '', promise: urgent.promise ?? '', state: stateOf(urgent, leftMs), leftMs,
    // WHY: while the branch is open the clock runs as the wall does; what was counted before a pause is the least.
    countedMs: leftMs === undefined ? count(urgent.countedMs) : Math.max(count(urgent.countedMs), limitMs - leftMs),
    limitMs, stake: urgent.atStake, moreClocks: running.length - 1,
  };
}

function leftOf(one: TicketCommitment, now: number, paused: number): number {
  return one.dueAt ? Date.parse(one.dueAt) - now : paused;
}

function stateOf(one: TicketCommitment, leftMs: number | undefined): BoardState {
  if (one.breachedProvisional || one.verdict === 'breached' || (leftMs !== undefined && leftMs < 0)) return 'broken';
  if (leftMs === undefined) return 'paused';
  return count(one.warnedCount) > 0 ? 'at-risk' : 'on-time';
}

/** What a set of rows comes to. */
export interface BoardFigures {
  waiting: number;
  atRisk: number;
  broken: number;
  /** Of clocks that are not broken: what can still be saved. */
  atStake: Money[];
  /** Of those among them that were warned about. */
  atRiskStake: Money[];
  /** Of the broken ones that still wait. */
  lost: Money[];
}

export function figuresOf(rows: readonly BoardRow[]): BoardFigures {
  const atRisk = rows.filter((row) => row.state === 'at-risk');
  const broken = rows.filter((row) => row.state === 'broken');
  const stakes = (some: readonly BoardRow[]) => addMoney(some.map((row) => row.stake));
  return {
    waiting: rows.length, atRisk: atRisk.length, broken: broken.length,
    atStake: stakes(rows.filter((row) => row.state !== 'broken')), atRiskStake: stakes(atRisk), lost: stakes(broken),
  };
}

/** Whom to call: the one that falls due first of those that can still be kept. */
export function callNext(rows: readonly BoardRow[]): BoardRow | undefined {
  return rows.find((row) => row.leftMs !== undefined && row.state !== 'broken');
}

/** Today's figures of all branches together. */
export function todayOf(board: Board, branch?: string): { kept: number; broken: number; owed: Money[] } {
  const all = [...board.today.values()].filter((one) => !branch || one.branch === branch);
  return {
    kept: all.reduce((sum, one) => sum + count(one.keptCount), 0),
    broken: all.reduce((sum, one) => sum + count(one.breachedCount), 0),
    owed: addMoney(all.flatMap((one) => one.owed ?? [])),
  };
}
