// The wall page: a television at five metres. It takes no input; `?branch=NAME` says whose board it is, `?lang=fi` keeps
// one language, else three take turns.
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { callNext, figuresOf, rowsOf, todayOf, type BoardRow } from '../board';
import { t as words } from '../board.messages';
import { leftText, LimitBar, silentText, toneOf } from '../board_parts';
import { duration, instant, number, shortMoney, stopwatch, sums } from '../format';
import { staleMs, warnedAge } from '../freshness';
import { lang, langs } from '../i18n';
import '../theme';
import '../theme.css';
import { toneShape, type Tone } from '../ui/state_badge';
import { useBoard, type LiveBoard } from '../use_board';
import { t } from './wall.messages';
import './wall.css';

const kRowsMax = 5;
const kTurnMs = 10_000;

const asked = new URLSearchParams(location.search);
const branch = asked.get('branch') ?? '';
const fixed = langs.find((one) => one === asked.get('lang'));
lang.value = fixed ?? 'fi';

function Wall() {
  const live = useBoard(branch);
  useEffect(() => {
    if (fixed) return undefined;
    const timer = setInterval(() => lang.value = langs[(langs.indexOf(lang.value) + 1) % langs.length] ?? 'fi', kTurnMs);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    document.title = `${branch || t('all')} – Lupaus`;
  });
  const rows = rowsOf(live.board, live.now);
  const age = staleMs.value;
  return (
    <div class={`wall ${age === undefined ? '' : 'is-stale'}`}>
      <header>
        <h1>{branch || t('all')}</h1>
        <time>{live.now ? instant(live.now, 'time') : ''}</time>
      </header>
      <div role="alert">{age !== undefined && <p class="stale"><span aria-hidden="true">✕ </span>{t('stale', { age: duration(warnedAge(age)) })}</p>}</div>
      {live.board.hasBegun ? <main class="content">
        <Figures rows={rows} />
        <Next rows={rows} />
        <Rows rows={rows} />
      </main> : <main class="content"><p class="calm">{words('connecting')}</p></main>}
      <Foot live={live} />
    </div>
  );
}

function Figure({ name, value, tone }: { name: string; value: string; tone?: Tone }) {
  return (
    <div class={tone ? `tone-${tone}` : undefined}>
      <dt>{tone && <span aria-hidden="true" class="shape">{toneShape[tone]}</span>}{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Figures({ rows }: { rows: readonly BoardRow[] }) {
  const figures = figuresOf(rows);
  return (
    <dl class="figures" aria-label={t('figures')}>
      <Figure name={words('waiting')} value={number(figures.waiting)} />
      <Figure name={words('at-risk')} value={number(figures.atRisk)} {...(figures.atRisk > 0 && { tone: 'warn' as const })} />
      <Figure name={words('broken')} value={number(figures.broken)} {...(figures.broken > 0 && { tone: 'bad' as const })} />
    </dl>
  );
}

function Next({ rows }: { rows: readonly BoardRow[] }) {
  const next = callNext(rows);
  if (!next) return null;
  return (
    <p class={`call ${next.state}`}>
      <strong>{words('callNext', { label: next.label })}</strong>
      <span>{next.stake ? words('saves', { sum: shortMoney(next.stake) }) : words('dueIn', { left: stopwatch(next.leftMs ?? 0) })}</span>
    </p>
  );
}

function Rows({ rows }: { rows: readonly BoardRow[] }) {
  if (rows.length === 0) return <p class="calm">{words('nobodyWaits')}</p>;
  // Those who can still be saved come first: the wall is there to be acted upon.
  const order = [...rows.filter((row) => row.state !== 'broken'), ...rows.filter((row) => row.state === 'broken')];
  return (
    <ol class="rows" aria-label={t('caption')}>
      {order.slice(0, kRowsMax).map((row) => (
        <li key={row.key}>
          <strong>{row.label}</strong>
          <span class={`state tone-${toneOf[row.state]}`}><span aria-hidden="true" class="shape">{toneShape[toneOf[row.state]]}</span>{words(row.state)}</span>
          <span class="time">{leftText(row)}</span>
          <LimitBar row={row} />
        </li>
      ))}
    </ol>
  );
}

function Foot({ live }: { live: LiveBoard }) {
  const today = todayOf(live.board);
  const silent = live.board.silent[0];
  return (
    <footer>
      {silent && <p class="tone-warn"><span aria-hidden="true">▲ </span>{silentText(silent, live.now)}</p>}
      {live.board.hasBegun && (
        <p>{words('keptToday')} <strong>{number(today.kept)}</strong> · {words('brokenToday')} <strong>{number(today.broken)}</strong> · {words('owedToday')} <strong>{sums(today.owed)}</strong></p>
      )}
    </footer>
  );
}

const root = document.getElementById('wall');
if (root) render(<Wall />, root);
