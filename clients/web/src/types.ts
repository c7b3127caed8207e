// The messages of proto/lupaus/v1 as protobuf JSON writes them: lowerCamelCase, 64-bit integers as text, instants as
// RFC 3339, and what has its default value left out. So every field may be missing.

/** A 64-bit integer as text; `count()` of format.ts reads it. */
export type Int64 = string;
/** RFC 3339, "2026-01-05T07:00:00.123Z". */
export type Instant = string;

export interface Money { currency?: string; amount?: string }

// ticket.proto
export interface TicketCommitment {
  promise?: string; revision?: number; cycle?: number; verdict?: Verdict; final?: boolean; breachedProvisional?: boolean;
  warnedCount?: number; startedAt?: Instant; dueAt?: Instant; stoppedAt?: Instant; countedMs?: Int64; limitMs?: Int64;
  atStake?: Money;
}
export interface Ticket {
  branch?: string; ticket?: string; label?: string; attributes?: Record<string, string>; commitments?: TicketCommitment[];
}
export interface SilentSource { source?: string; silentSince?: Instant; heldVerdicts?: Int64; atStake?: Money[] }
export interface ListTicketsResponse { tickets?: Ticket[]; nextPageToken?: string; asOf?: Instant; silentSources?: SilentSource[] }
export interface WatchTicketsResponse {
  begin?: boolean; tickets?: Ticket[]; gone?: TicketName[]; asOf?: Instant; position?: Int64; silent?: { sources?: SilentSource[] };
  resume?: string; watermark?: Instant; today?: BranchToday[];
}
export interface TicketName { branch?: string; ticket?: string }
export interface BranchToday { branch?: string; keptCount?: Int64; breachedCount?: Int64; owed?: Money[] }
export interface ExplainTicketResponse { trace?: string; lines?: VerdictLine[]; label?: string }

// breach.proto
export type Verdict = 'kept' | 'breached' | 'void' | 'excused' | 'indeterminate' | 'open';
export interface VerdictLine {
  branch?: string; ticket?: string; promise?: string; revision?: number; cycle?: number; verdict?: Verdict; final?: boolean;
  startedAt?: Instant; dueAt?: Instant; stoppedAt?: Instant; countedMs?: Int64; lateByMs?: Int64; breachedAt?: Instant;
  owed?: Money; paidState?: string; reason?: string; service?: string; label?: string;
}
export interface ListBreachesRequest {
  allVerdicts?: boolean; branch?: string; promise?: string; pageSize?: number; pageToken?: string; filter?: string;
  orderBy?: string; from?: Instant; until?: Instant;
}
export interface ListBreachesResponse { lines?: VerdictLine[]; nextPageToken?: string; totalCount?: Int64; position?: Int64 }
export interface SummaryRow {
  keys?: string[]; commitmentsCount?: Int64; keptCount?: Int64; breachedCount?: Int64; otherCount?: Int64; owed?: Money[];
  excusedCount?: Int64; voidCount?: Int64; indeterminateCount?: Int64; paid?: Money[]; capped?: Money[]; waits?: Waits;
}
export interface Waits {
  count?: Int64; totalMs?: Int64; p50Ms?: Int64; p90Ms?: Int64; p95Ms?: Int64; p99Ms?: Int64; maxMs?: Int64;
}
export interface SummarizeBreachesResponse { rows?: SummaryRow[]; position?: Int64; hash?: string }
export interface ExcuseBreachRequest {
  branch: string; ticket: string; promise: string; cycle?: number; excuse: string; reason: string; requestId?: string;
}
export interface ExcuseBreachResponse { isComplete?: boolean; excusedBy?: string[]; payout?: string; payoutState?: string }

// report.proto
export interface Report {
  period?: string; firstDay?: string; lastDay?: string; promise?: string; branch?: string; wording?: Record<string, string>;
  limitMs?: Int64; within?: string; total?: SummaryRow; keptPpm?: Int64; objectivePpm?: Int64; allowedBreachesCount?: Int64;
  days?: SummaryRow[]; heat?: SummaryRow[]; branches?: BranchRate[]; worstHours?: SummaryRow[]; waits?: WaitBucket[];
  indeterminate?: ReasonCount[]; breachToPayment?: Waits; budget?: Money; feedback?: Feedback[]; firstPosition?: Int64;
  lastPosition?: Int64; hash?: string; asOf?: Instant; parts?: SummaryRow[];
}
export interface BranchRate {
  row?: SummaryRow; keptPpm?: Int64; lowPpm?: Int64; highPpm?: Int64; compared?: 'above' | 'below' | 'same' | 'too few'; rank?: number;
}
export interface WaitBucket { fromMs?: Int64; untilMs?: Int64; keptCount?: Int64; breachedCount?: Int64 }
export interface ReasonCount { verdict?: string; reason?: string; count?: Int64 }
export interface Feedback { kind?: string; group?: string; count?: Int64; scoreMilli?: Int64 }

// promise.proto
export interface PromiseFile { name?: string; text?: string }
export interface ApplyPromisesRequest {
  files: PromiseFile[]; validateOnly?: boolean; retire?: string[]; reason?: string; validFrom?: Instant; requestId?: string;
}
export interface Diagnostic {
  severity?: 'error' | 'warning'; code?: string; file?: string; line?: number; column?: number; message?: string; hint?: string;
}
export interface ApplyPromisesResponse {
  bookHash?: string; position?: Int64; diagnostics?: Diagnostic[]; promises?: PublishedPromise[];
}
/** `Promise` of promise.proto. */
export interface PublishedPromise {
  name?: string; revision?: number; owner?: string; within?: string; tiers?: string[]; wording?: Record<string, string>;
  validFrom?: Instant; isUpcoming?: boolean;
}
export interface ListPromisesResponse { promises?: PublishedPromise[]; bookHash?: string }
export interface Publication {
  position?: Int64; publishedAt?: Instant; actor?: string; validFrom?: Instant; bookHash?: string;
  revisions?: { promise?: string; revision?: number }[]; retired?: string[]; reason?: string;
}
export interface ListPublicationsResponse { publications?: Publication[] }
export interface GetPublicationResponse { publication?: Publication; files?: PromiseFile[]; promises?: PublishedPromise[] }
export interface DiffPublicationsResponse { oldPosition?: Int64; newPosition?: Int64; lines?: string[] }
export interface TestPublicationResponse { tests?: { file?: string; name?: string; passed?: boolean; message?: string }[] }

// backtest.proto
export interface RunBacktestRequest { files: PromiseFile[]; asOf?: Instant; sweeps?: string[]; promise?: string }
export interface RunBacktestResponse {
  progress?: BacktestProgress; diagnostics?: { diagnostics?: Diagnostic[] }; head?: BacktestHead; lines?: { lines?: BacktestLine[] };
  grid?: BacktestGrid;
}
export interface BacktestProgress { what?: string; doneCount?: Int64; totalCount?: Int64 }
export interface BacktestHead {
  position?: Int64; asOf?: Instant; firstAt?: Instant; lastAt?: Instant; eventsCount?: Int64; laterCount?: Int64;
  leftOut?: { reason?: string; eventsCount?: Int64; example?: string }[]; bookHash?: string; tzVersion?: string;
  conditionErrorsCount?: Int64;
}
export interface RecordedVerdict { verdict?: Verdict; owed?: Money; paidState?: string }
export interface BacktestLine {
  line?: VerdictLine; bound?: boolean; service?: string; startHour?: number; recorded?: RecordedVerdict; pending?: boolean;
}
export interface BacktestCell {
  values?: string[]; commitmentsCount?: Int64; keptCount?: Int64; breachedCount?: Int64; voidCount?: Int64; excusedCount?: Int64;
  indeterminateCount?: Int64; openCount?: Int64; owedCount?: Int64; owed?: Money[];
}
export interface BacktestGrid { promise?: string; axes?: string[]; cells?: BacktestCell[]; notes?: string[] }

// payout.proto
export interface Payout {
  id?: string; branch?: string; ticket?: string; promise?: string; revision?: number; cycle?: number; customer?: string;
  amount?: Money; instrument?: string; state?: string; reason?: string; owedAt?: Instant; dueOn?: Instant; batch?: string;
  reverses?: string; voucher?: string; paidInError?: boolean; dueDate?: string; dueMissed?: boolean; awaitingPayee?: boolean;
  reversedBy?: string; lateOf?: string; bankCode?: string; voucherState?: string; voucherExpiresAt?: Instant;
  claimUntil?: Instant; approvedBy?: string[]; changedAt?: Instant; paidAt?: Instant; reference?: string;
}
export interface ListPayoutsResponse { payouts?: Payout[]; nextPageToken?: string }
export interface PayoutLife { payout?: Payout; computed?: Money; tierClause?: string; capClauses?: string[]; steps?: PayoutStep[] }
export interface PayoutStep {
  position?: Int64; at?: Instant; step?: string; actor?: string; actorKind?: 'person' | 'source' | 'system';
  authenticated?: boolean; text?: string;
}
export interface PayoutBatch {
  id?: string; state?: string; count?: number; total?: Money; createdBy?: string; approvedBy?: string; createdAt?: Instant;
  approvedAt?: Instant; contentHash?: string; exportedAt?: Instant; until?: Instant; discardedReason?: string;
  awaitingPayeeCount?: number; lines?: PayoutStateSum[]; inOtherCurrencies?: PayoutSum[];
}
export interface PayoutSum { count?: number; total?: Money }
export interface PayoutStateSum { state?: string; count?: number; total?: Money }
export interface ListPayoutBatchesResponse { batches?: PayoutBatch[] }
export interface VerifyDifference {
  payout?: string; branch?: string; ticket?: string; promise?: string; cycle?: number; recorded?: Money; derived?: Money; reason?: string;
}
export interface VerifyResult {
  linesCount?: number; equalCount?: number; decidedCount?: number; recordedTotal?: Money; derivedTotal?: Money;
  contentHash?: string; approvedHash?: string; factsCount?: Int64; faults?: string[];
}
export interface VerifyPayoutBatchResponse {
  progress?: { doneCount?: Int64; totalCount?: Int64 }; difference?: VerifyDifference; result?: VerifyResult;
}
export interface ReconcileLine {
  day?: string; promise?: string; currency?: string; count?: Int64; owed?: Money; open?: Money; held?: Money; claimable?: Money;
  approved?: Money; exported?: Money; paid?: Money; returned?: Money; failed?: Money; declined?: Money;
}
export interface ReconcileTotal {
  currency?: string; lines?: ReconcileLine; journalOwed?: Money; journalPaid?: Money; owedDifference?: Money; paidDifference?: Money;
}
export interface ReconcilePayoutsResponse { lines?: ReconcileLine[]; totals?: ReconcileTotal[]; position?: Int64 }

// period.proto, voucher.proto, source.proto, review.proto, doctor.proto
export interface Period { month?: string; closedAt?: Instant; closedBy?: string }
export interface ListPeriodsResponse { periods?: Period[]; openMonth?: string }
export interface Voucher {
  code?: string; compensation?: string; branch?: string; ticket?: string; amount?: Money; state?: string; expiresAt?: Instant; qr?: string;
}
export interface Source {
  id?: string; state?: 'declared' | 'seen' | 'closed' | 'retired'; epoch?: Int64; nextSequence?: Int64; watermark?: Instant;
  lastReceivedAt?: Instant; silentMs?: Int64; skewMs?: Int64; isCorrected?: boolean; twinCount?: Int64; rejectedCount?: Int64;
  branches?: string[]; heldVerdictCount?: Int64; heldAmounts?: Money[]; retiredReason?: string; backlogCount?: Int64;
}
export interface ListSourcesResponse { sources?: Source[]; asOf?: Instant }
export interface Review {
  id?: string; kind?: 'indeterminate' | 'held'; branch?: string; ticket?: string; label?: string; promise?: string;
  revision?: number; cycle?: number; since?: Instant; reason?: string; verdict?: Verdict; lateVerdict?: Verdict | ''; payout?: string;
  atStake?: Money;
}
export interface ListReviewsResponse { reviews?: Review[]; nextPageToken?: string }
export interface DecideReviewResponse { verdict?: Verdict; payout?: string; payoutState?: string; amount?: Money }
export interface Finding { subject?: string; severity?: 'ok' | 'warning' | 'problem'; message?: string; command?: string }
export interface DiagnoseResponse { findings?: Finding[]; asOf?: Instant }

// The console's own.
export interface Session {
  name?: string; authenticated?: boolean; roles?: string[]; kind?: 'chosen' | 'proxy' | 'nobody'; csrf?: string; version?: string;
}
