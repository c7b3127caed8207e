// What happens while somebody looks: a ticket comes, turns red, and is in the list of breaches, all without a reload; and a
// page that hears nothing any more says so.
import assert from 'node:assert/strict';
import { eventually } from './browser.mjs';
import { settle } from './accessibility.mjs';

const kBranch = 'helsinki-1';
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** When `text` is first painted on the page, in milliseconds since 1970. */
function paintedAt(page, text) {
  return page.evaluate((wanted) => new Promise((resolve) => {
    const look = () => {
      if (!document.body.textContent.includes(wanted)) return false;
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now())));
      return true;
    };
    if (look()) return;
    const observer = new MutationObserver(() => look() && observer.disconnect());
    observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  }), text);
}

async function updateToPixel({ newPage, settings, bank }) {
  const page = await newPage();
  await page.goto(`${settings.base}/?branch=${kBranch}`);
  await settle(page);
  const taken = [];
  for (let i = 0; i < 7; i++) {
    const label = `P${settings.server}${i}`;
    const painted = paintedAt(page, label);
    const told = performance.timeOrigin + performance.now();
    await bank.tell({ branch: kBranch, ticket: `pixel-${i}`, label, type: 'issued', attributes: { service: 'cash' } });
    taken.push(await painted - told);
    await bank.tell({ branch: kBranch, ticket: `pixel-${i}`, type: 'cancelled' });
  }
  await page.context().close();
  assert.ok(median(taken) < 250, `an event is on the screen after ${taken.map(Math.round)} ms, expected a median below 250`);
  return `median ${median(taken).toFixed(0)} ms, worst ${Math.max(...taken).toFixed(0)} ms of ${taken.length}`;
}

async function breachAppears({ newPage, settings, bank }) {
  const [board, wall, list] = await Promise.all([newPage(), newPage(), newPage()]);
  await board.goto(`${settings.base}/?branch=${kBranch}`);
  await wall.goto(`${settings.base}/wall?branch=${kBranch}`);
  await list.goto(`${settings.base}/breaches?promise=express`);
  await Promise.all([settle(board), settle(list)]);
  for (const page of [board, wall, list]) await page.evaluate(() => { globalThis.wasNotReloaded = true; });
  await bank.tell({ branch: kBranch, ticket: 'live-1', label: 'E001', type: 'issued', attributes: { service: 'express' } });
  const row = board.getByRole('row', { name: /E001/ });
  await row.getByText('On time').waitFor();
  await row.getByText('At risk').waitFor();
  await row.getByText('Broken').waitFor();
  await wall.getByText('E001').first().waitFor();
  // Its service is what its source tells after the breach: only then is the breach final, and in the list.
  await bank.tell({ branch: kBranch, ticket: 'live-1', type: 'service_started' });
  await list.getByRole('row', { name: /E001/ }).waitFor();
  for (const page of [board, wall, list]) assert.equal(await page.evaluate(() => globalThis.wasNotReloaded), true, 'a page was loaded anew');
  await row.waitFor({ state: 'detached' });
  await Promise.all([board, wall, list].map((page) => page.context().close()));
  return 'on time, at risk, broken; on the board, the wall and in the list';
}

/** The board says whom to call and what that saves, and counts down; the page of sources says what the silent desk holds. */
async function whomToCall({ newPage, settings }) {
  const [board, sources] = await Promise.all([newPage(), newPage()]);
  await board.goto(`${settings.base}/?branch=helsinki-2`);
  await sources.goto(`${settings.base}/sources`);
  await Promise.all([settle(board), settle(sources)]);
  await board.getByText('Call A107 next').waitFor();
  await board.getByText('saves EUR\u00a010').first().waitFor();
  await board.getByRole('row', { name: /A105/ }).getByText('Broken').waitFor();
  const labels = await board.getByRole('row').getByRole('rowheader').allInnerTexts();
  assert.deepEqual(labels, ['A105', 'A107', 'A109', 'A110', 'L011'], 'the rows are not ordered by time left');
  const left = async () => /\d+:\d\d/.exec(await board.getByRole('row', { name: /A107/ }).innerText())[0];
  const before = await left();
  await eventually('the countdown', async () => await left() !== before);
  const row = sources.getByRole('row', { name: /helsinki-2\/desk/ });
  await row.getByText('Silent').waitFor();
  await row.getByRole('link', { name: '1', exact: true }).waitFor();
  await row.getByText('EUR\u00a010.00').waitFor();
  await Promise.all([board, sources].map((page) => page.context().close()));
  return `A107, EUR 10, ${before} left; the silent desk holds one verdict`;
}

export async function liveChecks(context) {
  await context.check('the board says whom to call', () => whomToCall(context));
  await context.check('an event is on the screen at once', () => updateToPixel(context));
  await context.check('a breach appears without reload', () => breachAppears(context));
}

/** The last check: it stops the server. */
export async function staleCheck({ check, newPage, settings, forgiven }) {
  await check('a page without a server says that it is old', async () => {
    const paths = ['/', '/wall', '/breaches'];
    const pages = await Promise.all(paths.map(() => newPage()));
    for (const [i, page] of pages.entries()) await page.goto(settings.base + paths[i]);
    await Promise.all(pages.map((page) => page.locator('h1').first().waitFor()));
    for (const page of pages) assert.equal(await page.locator('.is-stale').count(), 0, 'it is old before anything happened');
    forgiven.network = true;
    process.kill(settings.server, 'SIGTERM');
    const stopped = performance.now();
    await Promise.all(pages.map((page, i) => eventually(`the warning on ${paths[i]}`, async () => await page.locator('.is-stale').count() > 0, 25_000)));
    const seconds = (performance.now() - stopped) / 1000;
    assert.ok(seconds > 8, `it was called old after ${seconds} s already`);
    const alert = await pages[0].locator('[role=alert]', { hasText: /\d/ }).first().textContent();
    return `after ${seconds.toFixed(1)} s: "${alert?.trim()}"`;
  });
}
