// The live board: asks /v1/tickets each second and shows one row a ticket, by its most urgent running clock. When
// answers stop coming it says so, because an old board looks exactly like a quiet branch.
'use strict';

const REFRESH_MS = 1000;
const STALE_MS = 12000;
const GIVE_UP_MS = 8000;
const STATES = {
  'broken': {word: 'Broken', shape: '■', rank: 0},
  'at-risk': {word: 'At risk', shape: '▲', rank: 1},
  'on-time': {word: 'On time', shape: '●', rank: 2},
  'paused': {word: 'Paused', shape: '◇', rank: 3},
};

const element = (id) => document.getElementById(id);
const rows = new Map();  // key -> {row, cells}
let lastAnswerAt = performance.now();
let lastError = '';

function formatSpan(ms) {
  const sign = ms < 0 ? '−' : '';
  const seconds = Math.floor(Math.abs(ms) / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const pad = (n) => String(n).padStart(2, '0');
  return sign + (hours > 0 ? hours + ':' + pad(minutes) : minutes) + ':' + pad(seconds % 60);
}

function stateOf(commitment, leftMs) {
  if (commitment.breachedProvisional || commitment.verdict === 'breached') return 'broken';
  if (leftMs === null) return 'paused';
  if (leftMs < 0) return 'broken';
  return commitment.warnedCount > 0 ? 'at-risk' : 'on-time';
}

// One row's content from a ticket, or null when no clock of it runs.
function view(ticket, asOf) {
  let best = null;
  for (const commitment of ticket.commitments || []) {
    if (commitment.stoppedAt) continue;
    const leftMs = commitment.dueAt ? Date.parse(commitment.dueAt) - asOf : null;
    const state = stateOf(commitment, leftMs);
    const urgency = leftMs === null ? Infinity : leftMs;
    if (best === null || urgency < best.urgency) best = {commitment, leftMs, state, urgency};
  }
  if (best === null) return null;
  const limitMs = Number(best.commitment.limitMs);
  const stake = best.commitment.atStake;
  return {
    key: ticket.branch + '\n' + ticket.ticket,
    state: best.state,
    urgency: best.urgency,
    share: limitMs > 0 ? Math.max(0, Math.min(1, (limitMs - Number(best.commitment.countedMs)) / limitMs)) : 0,
    texts: {
      ticket: ticket.label || ticket.ticket,
      service: (ticket.attributes || {}).service || '',
      waited: formatSpan(Number(best.commitment.countedMs)),
      left: best.leftMs === null ? 'paused' : formatSpan(best.leftMs),
      stake: stake && stake.currency ? stake.currency + ' ' + stake.amount : '',
      promise: best.commitment.promise,
      branch: ticket.branch,
    },
  };
}

function makeRow() {
  const row = document.createElement('tr');
  const cells = {};
  const names = {ticket: 'Ticket', state: 'State', service: 'Service', waited: 'Waited', left: 'Time left',
                 stake: 'At stake', promise: 'Promise', branch: 'Branch'};
  for (const name of Object.keys(names)) {
    const cell = document.createElement('td');
    cell.dataset.label = names[name];
    if (name === 'ticket') cell.className = 'ticket';
    if (name === 'waited' || name === 'left') cell.className = 'time';
    cells[name] = cell;
    row.append(cell);
  }
  cells.leftText = document.createElement('span');
  cells.bar = document.createElement('progress');
  cells.bar.max = 1;
  cells.left.append(cells.leftText, cells.bar);
  return {row, cells};
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function fill(entry, item) {
  const {cells} = entry;
  for (const name of ['ticket', 'service', 'waited', 'stake', 'promise', 'branch']) setText(cells[name], item.texts[name]);
  setText(cells.leftText, item.texts.left);
  setText(cells.state, STATES[item.state].shape + ' ' + STATES[item.state].word);
  cells.state.className = 'state ' + item.state;
  cells.left.className = 'time ' + item.state;
  cells.bar.value = item.share;
  cells.bar.setAttribute('aria-label', 'time left: ' + item.texts.left);
}

function show(answer) {
  const asOf = Date.parse(answer.asOf);
  const items = (answer.tickets || []).map((ticket) => view(ticket, asOf)).filter((item) => item !== null);
  items.sort((a, b) => a.urgency - b.urgency || (a.key < b.key ? -1 : 1));
  const seen = new Set();
  const body = element('rows');
  let place = body.firstChild;
  for (const item of items) {
    seen.add(item.key);
    let entry = rows.get(item.key);
    if (!entry) rows.set(item.key, entry = makeRow());
    fill(entry, item);
    if (entry.row === place) place = place.nextSibling;
    else body.insertBefore(entry.row, place);
  }
  for (const [key, entry] of rows) {
    if (seen.has(key)) continue;
    entry.row.remove();
    rows.delete(key);
  }
  const counts = Object.keys(STATES).map((state) =>
    items.filter((item) => item.state === state).length + ' ' + STATES[state].word.toLowerCase());
  setText(element('counts'), counts.join(' · ') + (answer.nextPageToken ? ' · more tickets than are shown' : ''));
  element('empty').hidden = items.length > 0;
  element('board').hidden = items.length === 0;
  setText(element('freshness'), 'Server time ' + new Date(asOf).toLocaleTimeString());
  showSilent(answer.silentSources || [], asOf);
  addBranches(answer.tickets || []);
}

function formatAge(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  // WHY: what changes each second is read out each second.
  if (seconds < 60) return 'less than 1 min';
  if (seconds < 3600) return Math.floor(seconds / 60) + ' min';
  return Math.floor(seconds / 3600) + ' h ' + Math.floor(seconds / 60) % 60 + ' min';
}

// "▲ kiosk-2 silent for 6 min: 9 verdicts provisional, EUR 90.00 at stake", one line a source.
function showSilent(sources, asOf) {
  const lines = sources.map((silent) => {
    const count = Number(silent.heldVerdicts);
    const sums = (silent.atStake || []).map((sum) => sum.currency + ' ' + sum.amount).join(' + ');
    return '▲ ' + silent.source +
           (silent.silentSince ? ' silent for ' + formatAge(asOf - Date.parse(silent.silentSince)) : ' was never heard') +
           ': ' + count + (count === 1 ? ' verdict' : ' verdicts') + ' provisional' + (sums ? ', ' + sums + ' at stake' : '');
  });
  const list = element('silent');
  list.hidden = lines.length === 0;
  while (list.children.length > lines.length) list.lastChild.remove();
  while (list.children.length < lines.length) list.append(document.createElement('li'));
  lines.forEach((line, i) => setText(list.children[i], line));
}

function addBranches(tickets) {
  const select = element('branch');
  const known = new Set(Array.from(select.options, (option) => option.value));
  for (const ticket of tickets) {
    if (known.has(ticket.branch)) continue;
    known.add(ticket.branch);
    select.append(new Option(ticket.branch, ticket.branch));
  }
}

function showFreshness() {
  const ageMs = performance.now() - lastAnswerAt;
  const isStale = ageMs > STALE_MS;
  document.body.classList.toggle('is-stale', isStale);
  element('stale').hidden = !isStale;
  if (!isStale) return;
  setText(element('stale'), '✕ This board is ' + Math.floor(ageMs / 1000) + ' s old and does not show what happens now' +
                            (lastError ? ' (' + lastError + ')' : '') + '.');
}

async function refresh() {
  const query = new URLSearchParams({open: 'true'});
  if (element('at-risk').checked) query.set('at_risk', 'true');
  if (element('branch').value) query.set('branch', element('branch').value);
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), GIVE_UP_MS);
  try {
    const answer = await fetch('/v1/tickets?' + query, {signal: abort.signal, cache: 'no-store'});
    if (!answer.ok) throw new Error('the server answered ' + answer.status);
    show(await answer.json());
    lastAnswerAt = performance.now();
    lastError = '';
  } catch (error) {
    lastError = error.name === 'AbortError' ? 'no answer' : error.message;
  } finally {
    clearTimeout(timer);
  }
}

async function run() {
  await refresh();
  setTimeout(run, REFRESH_MS);
}

element('filters').addEventListener('submit', (event) => event.preventDefault());
element('filters').addEventListener('change', refresh);
setInterval(showFreshness, REFRESH_MS);
run();
