// The console's pages: where each is, and the script that draws it, loaded when it is first opened.
import type { ComponentType } from 'preact';

export interface PageProps {
  /** What the address holds: `{branch, ticket}` of /tickets/:branch/:ticket. */
  params: Record<string, string>;
}

type Load = () => Promise<{ default: ComponentType<PageProps> }>;

export interface PageEntry {
  pattern: string;
  load: Load;
  /** In the navigation, under this name in layout.messages.ts. */
  nav?: 'live' | 'breaches' | 'report' | 'payouts' | 'promises' | 'whatIf' | 'sources' | 'reviews';
}

export const pages: readonly PageEntry[] = [
  { pattern: '/', nav: 'live', load: () => import('./pages/live/live') },
  { pattern: '/breaches', nav: 'breaches', load: () => import('./pages/breaches/breaches') },
  { pattern: '/report', nav: 'report', load: () => import('./pages/report/report') },
  { pattern: '/payouts', nav: 'payouts', load: () => import('./pages/payouts/payouts') },
  { pattern: '/payouts/:id', load: () => import('./pages/payouts/payout') },
  { pattern: '/reviews', nav: 'reviews', load: () => import('./pages/reviews/reviews') },
  { pattern: '/sources', nav: 'sources', load: () => import('./pages/sources/sources') },
  { pattern: '/promises', nav: 'promises', load: () => import('./pages/promises/promises') },
  { pattern: '/what-if', nav: 'whatIf', load: () => import('./pages/what_if/what_if') },
  { pattern: '/tickets/:branch/:ticket', load: () => import('./pages/ticket/ticket') },
  { pattern: '/slip/:branch/:ticket', load: () => import('./pages/ticket/slip') },
];
