// Drives the console against the server that console_test.py started. Each check says what holds and its figures; one that
// fails lets the others go on. Usage: node drive.mjs SETTINGS
import assert from 'node:assert/strict';
import { lookAtAll } from './accessibility.mjs';
import { openBrowser } from './browser.mjs';
import { liveChecks, staleCheck } from './live.mjs';
import { managerChecks } from './managers.mjs';
import { Bank } from './server.mjs';
import { firstLoad } from './speed.mjs';
import { taskChecks } from './tasks.mjs';

const settings = JSON.parse(process.argv[2]);
const only = process.env.LUPAUS_ONLY;
const bank = new Bank(settings);
const browser = await openBrowser(settings);
let failures = 0;

async function check(what, body) {
  if (only && !what.includes(only)) return;
  const began = performance.now();
  try {
    const figure = await body();
    console.log(`ok      ${what}${figure ? `: ${figure}` : ''} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failures++;
    console.log(`FAILED  ${what}: ${error.stack ?? error}`);
  }
}

await bank.begin('otto');
const context = { settings, bank, check, newPage: browser.newPage, forgiven: browser.forgiven };
const broken = (await bank.get('/v1/breaches?promise=served-in-15&page_size=1')).lines[0];
const owedPayout = (await bank.get('/v1/payouts?page_size=1')).payouts[0];
const ticket = `${encodeURIComponent(broken.branch)}/${encodeURIComponent(broken.ticket)}`;

await check('first load', () => firstLoad(context));
await liveChecks(context);
await managerChecks(context, broken);
await taskChecks(context, broken);
await check('every page in three languages and two themes', async () => {
  const pages = {
    live: '/', breaches: '/breaches?promise=loan-desk-30', ticket: `/tickets/${ticket}`, slip: `/slip/${ticket}`, report: '/report?promise=served-in-15', payouts: '/payouts?state=held',
    batches: '/payouts?tab=batches', reconcile: '/payouts?tab=reconcile', payout: `/payouts/${owedPayout.id}`, promises: '/promises', history: '/promises?tab=history',
    tests: '/promises?tab=tests', files: '/promises?tab=files', diff: '/promises?tab=diff', what_if: '/what-if', sources: '/sources', reviews: '/reviews', wall: '/wall',
  };
  const { looked, wrong } = await lookAtAll(browser.newPage, settings.base, pages, settings);
  assert.deepEqual(wrong, []);
  return `${looked} states, 0 violations, none wider than 320 px`;
});
await staleCheck(context);
await check('nothing was asked of another host, nothing complained', () => assert.deepEqual([...new Set(browser.misdeeds)], []));
await browser.close();
process.exit(failures > 0 ? 1 : 0);
