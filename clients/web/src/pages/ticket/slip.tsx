// What the customer is handed: the promise in their language, what happened, what is owed, and the voucher where there is
// one. One sheet of paper, without a word of how the rules are written.
import { useEffect } from 'preact/hooks';
import { duration, instant, money } from '../../format';
import { lang, langNames, langs, stored, type Lang } from '../../i18n';
import { useLoad } from '../../load';
import { payoutStateName, verdictName } from '../../names';
import type { PageProps } from '../../pages';
import { query, setQuery } from '../../route';
import type {
  ExplainTicketResponse, GetPublicationResponse, ListPayoutsResponse, ListPublicationsResponse, Payout, VerdictLine, Voucher,
} from '../../types';
import { Button, ErrorBox, Loading, PageHead, Select, Toolbar } from '../../ui';
import { t } from './ticket.messages';
import './ticket.css';

const isLang = (text: string | null): text is Lang => (langs as readonly (string | null)[]).includes(text);

/** While the slip is open the whole page speaks the customer's language; afterwards the one who is here has theirs back. */
function useCustomersLang(): void {
  const wanted = query.value.get('lang');
  useEffect(() => {
    if (isLang(wanted)) lang.value = wanted;
  }, [wanted]);
  useEffect(() => {
    const before = lang.peek();
    return () => {
      const own = stored('lupaus.lang');
      lang.value = isLang(own) ? own : before;
    };
  }, []);
}

/** What was promised, of the revision that bound the ticket. */
function useWording(line: VerdictLine): Record<string, string> | undefined {
  const books = useLoad<ListPublicationsResponse>('/v1/publications').value?.publications ?? [];
  const book = books.find((one) => one.revisions?.some((revision) => revision.promise === line.promise && (revision.revision ?? 1) === (line.revision ?? 1)));
  const found = useLoad<GetPublicationResponse>(book?.position ? `/v1/publications/${book.position}` : null).value;
  return found?.promises?.find((one) => one.name === line.promise && (one.revision ?? 1) === (line.revision ?? 1))?.wording
    ?? found?.promises?.find((one) => one.name === line.promise)?.wording;
}

function VoucherPart({ payout }: { payout: Payout }) {
  const voucher = useLoad<Voucher>(payout.voucher ? `/v1/vouchers/${encodeURIComponent(payout.id ?? '')}` : null, { qr: 'QR_FORM_SVG' }).value;
  if (!voucher?.code) return null;
  return (
    <div class="voucher">
      {voucher.qr && <img alt={t('slip_qr', { code: voucher.code })} src={`data:image/svg+xml,${encodeURIComponent(voucher.qr)}`} width="150" height="150" />}
      <div>
        <h3>{t('slip_voucher')}</h3>
        <p class="code">{voucher.code}</p>
        <p>{t('slip_voucher_says')}{voucher.expiresAt && <> {t('slip_until', { at: instant(voucher.expiresAt, 'date') })}</>}</p>
      </div>
    </div>
  );
}

/** What is owed stands, even where somebody excused the breach later. */
function sentence(line: VerdictLine, isOwed: boolean): string {
  switch (isOwed ? 'breached' : line.verdict) {
    case 'kept': return t('slip_kept');
    case 'breached': return t('slip_broken');
    case 'open': case undefined: return t('slip_open');
    default: return t('slip_other', { verdict: verdictName(line.verdict) });
  }
}

function PromisePart({ line, payout }: { line: VerdictLine; payout: Payout | undefined }) {
  const wording = useWording(line);
  const facts = [
    [t('slip_came'), instant(line.startedAt, 'second')],
    [t('slip_served'), line.stoppedAt ? instant(line.stoppedAt, 'second') : '–'],
    [t('slip_waited'), duration(line.countedMs)],
    ...(line.lateByMs === undefined ? [] : [[t('slip_late'), duration(line.lateByMs)]]),
  ] as const;
  const owed = (payout?.state === 'declined' ? undefined : payout?.amount) ?? line.owed;
  return (
    <section>
      <h2>{t('slip_promised')}: {wording?.[lang.value] ?? line.promise}</h2>
      <dl class="facts">{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
      <p class="verdict">{sentence(line, owed !== undefined)}</p>
      {owed ? <p class="owed">{t('slip_owed')} <strong>{money(owed)}</strong>.</p> : line.final && <p>{t('slip_nothing')}</p>}
      {payout?.instrument === 'transfer' && <p>{t('slip_by_transfer')} {t('slip_state', { state: payoutStateName(payout.state) })}.</p>}
      {payout && <VoucherPart payout={payout} />}
      {payout && <p class="faint">{t('slip_proof', { id: payout.id ?? '' })}</p>}
    </section>
  );
}

export default function SlipPage({ params }: PageProps) {
  useCustomersLang();
  const { branch = '', ticket = '' } = params;
  const { value, error, reload } = useLoad<ExplainTicketResponse>(`/v1/tickets/${encodeURIComponent(ticket)}:explain`, { branch });
  const id = value?.lines?.[0]?.ticket ?? ticket;
  const payouts = useLoad<ListPayoutsResponse>(value ? '/v1/payouts' : null, { branch, ticket: id }).value?.payouts ?? [];
  const payoutOf = (line: VerdictLine) => payouts.find((one) => one.ticket === line.ticket && one.promise === line.promise && (one.cycle ?? 1) === (line.cycle ?? 1));
  return (
    <>
      <PageHead title={t('slip_title')} />
      <Toolbar label={t('slip_language')}>
        <Select label={t('slip_language')} value={lang.value} onChange={(chosen) => setQuery({ lang: chosen })} options={langs.map((one) => [one, langNames[one]] as const)} />
        <Button kind="primary" onClick={() => window.print()}>{t('slip_print')}</Button>
      </Toolbar>
      <ErrorBox error={error} onRetry={reload} />
      {!value && !error && <Loading />}
      {value && (
        <article class="slip panel">
          <dl class="facts">
            <div><dt>{t('slip_ticket')}</dt><dd class="label">{value.label || id}</dd></div>
            <div><dt>{t('slip_branch')}</dt><dd>{branch}</dd></div>
          </dl>
          {(value.lines ?? []).map((line) => <PromisePart key={`${line.promise} ${line.cycle}`} line={line} payout={payoutOf(line)} />)}
        </article>
      )}
    </>
  );
}
