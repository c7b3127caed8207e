// What is promised now and what was: wording in three languages, revisions, and of each published book its files, its
// tests and what it changed.
import { instant } from '../../format';
import { langNames, langs } from '../../i18n';
import { useLoad } from '../../load';
import { Link, query, setQuery } from '../../route';
import type {
  DiffPublicationsResponse, GetPublicationResponse, ListPromisesResponse, ListPublicationsResponse, Publication, PublishedPromise, TestPublicationResponse,
} from '../../types';
import { CommandBox, Empty, ErrorBox, Loading, PageHead, Select, StateBadge, Table, Tabs, Toolbar } from '../../ui';
import { t } from './promises.messages';
import './promises.css';

function PromiseCard({ promise }: { promise: PublishedPromise }) {
  const name = promise.name ?? '';
  const at = instant(promise.validFrom);
  return (
    <section class="panel">
      <h2>{name} <span class="faint">{t('revision', { revision: promise.revision ?? 1 })} · {promise.isUpcoming ? t('upcoming', { at }) : t('since', { at })}</span></h2>
      <dl class="said">
        {langs.map((one) => (
          <div key={one}><dt>{langNames[one]}</dt><dd lang={one}>{promise.wording?.[one] ?? <span class="fault">✕ {t('no_wording')}</span>}</dd></div>
        ))}
      </dl>
      <dl class="said">
        <div><dt>{t('within')}</dt><dd><code>{promise.within}</code></dd></div>
        <div><dt>{t('pays')}</dt><dd>{promise.tiers?.length ? promise.tiers.map((tier) => <div key={tier}><code>{tier}</code></div>) : t('pays_nothing')}</dd></div>
        {promise.owner && <div><dt>{t('owner')}</dt><dd>{promise.owner}</dd></div>}
      </dl>
      {!promise.isUpcoming && (
        <p class="row">
          <Link href={`/breaches?promise=${encodeURIComponent(name)}`}>{t('to_breaches')}<span class="unseen"> {name}</span></Link>
          <Link href={`/report?promise=${encodeURIComponent(name)}`}>{t('to_report')}<span class="unseen"> {name}</span></Link>
          <Link href={`/what-if?promise=${encodeURIComponent(name)}`}>{t('to_what_if')}<span class="unseen"> {name}</span></Link>
        </p>
      )}
    </section>
  );
}

function InForce() {
  const { value, error, reload } = useLoad<ListPromisesResponse>('/v1/promises');
  if (!value) return error ? <ErrorBox error={error} onRetry={reload} /> : <Loading />;
  const promises = value.promises ?? [];
  if (promises.length === 0) return <Empty>{t('none')} {t('none_hint')}</Empty>;
  return (
    <>
      <div class="columns">{promises.map((promise) => <PromiseCard key={`${promise.name} ${promise.revision}`} promise={promise} />)}</div>
      <p class="hint breaks">{t('hash')} <code>{value.bookHash}</code></p>
    </>
  );
}

function newsOf(book: Publication): string {
  return [...(book.revisions ?? []).map((one) => `${one.promise} ${one.revision ?? 1}`), ...(book.retired ?? []).map((promise) => t('retired', { promise }))].join(', ');
}

function History({ books }: { books: readonly Publication[] }) {
  const at = (book: Publication, tab: string) => `/promises?tab=${tab}&book=${book.position ?? ''}`;
  return (
    <Table caption={t('history')} rows={[...books].reverse()} rowKey={(book) => book.position ?? ''} columns={[
      { key: 'published', head: t('published'), cell: (book) => instant(book.publishedAt), isRowHead: true },
      { key: 'by', head: t('by'), cell: (book) => book.actor },
      { key: 'valid', head: t('valid'), cell: (book) => instant(book.validFrom) },
      { key: 'news', head: t('news'), cell: newsOf },
      { key: 'reason', head: t('reason'), cell: (book) => book.reason || '–' },
      { key: 'position', head: t('position'), cell: (book) => book.position, numeric: true },
      { key: 'links', head: t('publication'), cell: (book) => (
        <span class="row">{([['files', t('files')], ['tests', t('tests')], ['diff', t('diff')]] as const).map(([tab, words]) =>
          <Link key={tab} href={at(book, tab)}>{words}<span class="unseen"> {book.position}</span></Link>)}</span>
      ) },
    ]} />
  );
}

function Files({ book }: { book: string }) {
  const { value, error, reload } = useLoad<GetPublicationResponse>(`/v1/publications/${book}`);
  if (!value) return error ? <ErrorBox error={error} onRetry={reload} /> : <Loading />;
  const files = value.files ?? [];
  return (
    <>
      {files.map((file, i) => (
        <details key={file.name} class="panel" open={i === 0}>
          <summary>{file.name}</summary>
          <div class="scroll" tabIndex={0} role="region" aria-label={file.name}><pre class="file" lang="en">{file.text}</pre></div>
        </details>
      ))}
    </>
  );
}

function Tests({ book }: { book: string }) {
  const { value, error, reload } = useLoad<TestPublicationResponse>(`/v1/publications/${book}:test`);
  if (!value) return error ? <ErrorBox error={error} onRetry={reload} /> : <Loading />;
  const tests = value.tests ?? [];
  const failed = tests.filter((test) => !test.passed).length;
  if (tests.length === 0) return <Empty>{t('no_tests')}</Empty>;
  return (
    <>
      <p role="status">{t('passed', { count: tests.length - failed })} {failed > 0 && <strong class="fault">{t('failed', { count: failed })}</strong>}</p>
      <Table caption={t('tests')} rows={tests} rowKey={(test) => `${test.file} ${test.name}`} columns={[
        { key: 'test', head: t('test'), cell: (test) => <span lang="en">{test.name}</span>, isRowHead: true },
        { key: 'result', head: t('result'), sortBy: (test) => (test.passed ? 1 : 0), cell: (test) => (
          <><StateBadge tone={test.passed ? 'good' : 'bad'}>{test.passed ? t('holds') : t('fails')}</StateBadge>{test.message && <pre class="message" lang="en">{test.message}</pre>}</>
        ) },
        { key: 'file', head: t('file'), cell: (test) => test.file, sortBy: (test) => test.file ?? '' },
      ]} />
      <CommandBox words={['lupaus', 'test', 'deploy/promises']} />
    </>
  );
}

function Diff({ book, books }: { book: string; books: readonly Publication[] }) {
  const against = query.value.get('against') ?? '0';
  const { value, error, reload } = useLoad<DiffPublicationsResponse>('/v1/publications:diff', { oldPosition: against, newPosition: book });
  const others = books.filter((one) => one.position !== book);
  const lines = value?.lines ?? [];
  const isFirst = value !== undefined && (value.oldPosition ?? '0') === '0';
  return (
    <>
      <Toolbar label={t('against')}>
        <Select label={t('against')} value={against} onChange={(chosen) => setQuery({ against: chosen })}
                options={[['0', t('before')], ...others.map((one) => [one.position ?? '', t('book_of', { at: instant(one.publishedAt), actor: one.actor ?? '' })] as const)]} />
      </Toolbar>
      <ErrorBox error={error} onRetry={reload} />
      {!value && !error && <Loading />}
      {value && isFirst && <Empty>{t('first_book')}</Empty>}
      {value && !isFirst && lines.length === 0 && <Empty>{t('no_diff')}</Empty>}
      {value && !isFirst && lines.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label={t('diff')}><pre class="file" lang="en">{lines.join('\n')}</pre></div>
      )}
    </>
  );
}

/** One published book, the newest where the address names none. */
function OfBook({ tab }: { tab: string }) {
  const { value, error, reload } = useLoad<ListPublicationsResponse>('/v1/publications');
  if (!value) return error ? <ErrorBox error={error} onRetry={reload} /> : <Loading />;
  const books = value.publications ?? [];
  const book = query.value.get('book') ?? books[books.length - 1]?.position ?? '';
  if (books.length === 0) return <Empty>{t('none')} {t('none_hint')}</Empty>;
  if (tab === 'history') return <History books={books} />;
  return (
    <>
      <Toolbar label={t('publication')}>
        <Select label={t('publication')} value={book} onChange={(chosen) => setQuery({ book: chosen, against: undefined })}
                options={[...books].reverse().map((one) => [one.position ?? '', t('book_of', { at: instant(one.publishedAt), actor: one.actor ?? '' })] as const)} />
      </Toolbar>
      {tab === 'files' && <Files key={book} book={book} />}
      {tab === 'tests' && <Tests key={book} book={book} />}
      {tab === 'diff' && <Diff key={book} book={book} books={books} />}
    </>
  );
}

export default function PromisesPage() {
  const tab = query.value.get('tab') ?? 'in-force';
  const tabs = [['in-force', t('in_force')], ['history', t('history')], ['tests', t('tests')], ['files', t('files')], ['diff', t('diff')]] as const;
  return (
    <>
      <PageHead title={t('title')} />
      <Tabs label={t('parts')} tabs={tabs} value={tab} />
      {tabs.slice(1).some(([key]) => key === tab) ? <OfBook tab={tab} /> : <InForce />}
    </>
  );
}
