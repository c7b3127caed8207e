// The figures that managers read: the report against the command line, its two sheets of paper, where its numbers lead, what a
// ticket owes to the cent, and other promises over the same days.
import assert from 'node:assert/strict';
import { settle } from './accessibility.mjs';

const digits = (text) => Number(text.replace(/[^\d]/g, ''));

/** The days of the two weeks, as a report's period. */
function periodOf(settings) {
  const day = (back) => new Date(Date.parse(`${settings.today}T12:00:00Z`) - back * 86_400_000).toISOString().slice(0, 10);
  return `${day(14)}..${day(1)}`;
}

async function reportFigures({ newPage, settings, bank }) {
  const page = await newPage();
  await page.goto(`${settings.base}/report?promise=served-in-15&period=${periodOf(settings)}`);
  await settle(page);
  const lines = bank.lines('breaches', 'list', '--promise', 'served-in-15', '--all-verdicts', '--filter', 'verdict in ["kept", "breached"]');
  const history = lines.filter((line) => /^\d{8}-/.test(line.ticket));
  const broken = history.filter((line) => line.verdict === 'breached' && line.final);
  const owed = broken.reduce((sum, line) => sum + digits(line.owed?.amount ?? '0'), 0);
  const figure = async (name) => digits(await page.locator('.stat', { hasText: name }).first().locator('.figure').innerText());
  assert.equal(await figure('Broken'), broken.length);
  assert.equal(await figure('Compensation'), owed);
  const rate = Math.floor((history.length - broken.length) * 1000 / history.length + 0.5);
  assert.ok(Math.abs(await figure('Promise kept') - rate) <= 1, 'the kept rate is another');
  // The worst hour's figure leads to just so many breaches.
  const worst = page.getByRole('region', { name: /Worst hours/ }).getByRole('link').first();
  const count = digits(await worst.innerText());
  await worst.click();
  await page.getByText(`${count} of ${count}`).waitFor();
  await page.context().close();
  return `${broken.length} broken, EUR ${owed / 100}, worst hour ${count}`;
}

/** A branch that there is not has no empty report: the page says so, and which one may be meant. */
async function reportOfNoBranch({ newPage, settings, forgiven }) {
  const page = await newPage();
  const address = `${settings.base}/report?promise=served-in-15&period=${periodOf(settings)}&branch=helsinki-3`;
  forgiven.pages.add(address);
  await page.goto(address);
  const alert = page.getByRole('alert').filter({ hasText: 'unknown branch `helsinki-3`' });
  await alert.getByText('did you mean "helsinki-1"?').first().waitFor();
  assert.equal(await page.locator('article.report').count(), 0, 'there is a report beside it');
  await page.context().close();
  return 'helsinki-1 is meant';
}

async function reportOnPaper({ newPage, settings }) {
  const sizes = [];
  for (const lang of ['en', 'fi', 'sv']) {
    const page = await newPage({ lang });
    await page.goto(`${settings.base}/report?promise=served-in-15&period=${periodOf(settings)}`);
    await settle(page);
    const file = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1');
    sizes.push((file.match(/\/Type\s*\/Page\b/g) ?? []).length);
    assert.ok(/\/MediaBox\s*\[0 0 59[45][\d.]* 84[12][\d.]*\]/.test(file), 'it is no A4');
    await page.context().close();
  }
  assert.deepEqual(sizes, [2, 2, 2], 'pages in each language');
  return 'two pages of A4 in each language';
}

async function ticketToTheCent({ newPage, settings, bank }, broken) {
  const page = await newPage();
  await page.goto(`${settings.base}/breaches?promise=served-in-15&filter=${encodeURIComponent(`ticket == "${broken.ticket}" && branch == "${broken.branch}"`)}`);
  await page.getByRole('rowheader').getByRole('link').first().click();
  await page.getByRole('heading', { name: /Ticket/ }).waitFor();
  await page.getByText('the clock starts').first().waitFor();
  const proof = await bank.get(`/v1/tickets/${encodeURIComponent(broken.ticket)}:explain?branch=${broken.branch}`);
  const total = /owed on this ticket: EUR ([\d.]+)/.exec(proof.trace)[1];
  assert.equal(await page.locator('.stat', { hasText: 'Owed on this ticket' }).locator('.figure').innerText(), `EUR ${total}`.replace(' ', '\u00a0'));
  assert.equal(await page.locator('table tbody tr').count() > 2, true, 'there is no timeline');
  assert.equal(await page.locator('tbody [lang="en"]').filter({ hasText: /clock|owed|confirmed/ }).count() > 0, true, 'the timeline says nothing');
  await page.getByRole('link', { name: 'Slip for the customer' }).click();
  await page.getByText('We broke our promise').waitFor();
  await page.getByRole('img', { name: /QR code/ }).waitFor();
  for (const [lang, words] of [['fi', 'Palvelemme sinua 15 minuutissa'], ['sv', 'Vi betjänar dig inom 15 minuter']]) {
    await page.locator('.toolbar select').selectOption(lang);
    await page.getByText(words).waitFor();
  }
  assert.equal(await page.evaluate(() => document.querySelector('.voucher img').naturalWidth > 0), true, 'the QR code is not drawn');
  await page.context().close();
  return `EUR ${total}, voucher with its code`;
}

async function whatIf({ newPage, settings }) {
  const page = await newPage();
  await page.goto(`${settings.base}/what-if?promise=served-in-15`);
  await settle(page);
  await page.getByRole('button', { name: 'Calculate' }).click();
  const today = page.locator('td.today');
  await today.waitFor();
  const cost = digits(await today.innerText());
  const row = await page.locator('tr', { has: today }).locator('th').innerText();
  assert.equal(digits(row), 15);
  // A longer limit never costs more; the grid descends in every column.
  const grid = await page.locator('table.grid tbody tr').evaluateAll((rows) => rows.map((one) => [...one.querySelectorAll('td.cost')].map((cell) => Number(cell.textContent.replace(/[^\d]/g, '')))));
  for (let i = 1; i < grid.length; i++) grid[i].forEach((value, column) => assert.ok(value <= grid[i - 1][column], 'a longer limit costs more'));
  await page.getByRole('button', { name: 'More: Limit' }).click();
  await page.getByText('16\u00a0min').first().waitFor();
  // Broken off, it says so and can begin again.
  await page.getByLabel('to', { exact: true }).first().fill('60');
  const button = page.getByRole('button', { name: 'Calculate again' });
  await button.click();
  const cancel = page.getByRole('button', { name: 'Cancel' });
  await cancel.click({ timeout: 2000 }).catch(() => undefined);
  await button.waitFor();
  await page.context().close();
  return `${grid.length} limits × ${grid[0].length} sums, today EUR ${cost / 100}`;
}

async function promises({ newPage, settings }) {
  const page = await newPage({ lang: 'fi' });
  await page.goto(`${settings.base}/promises`);
  for (const words of ['Palvelemme sinua 15 minuutissa', 'Vi betjänar dig inom 15 minuter', 'Served within 15 minutes']) await page.getByText(words).first().waitFor();
  await page.goto(`${settings.base}/promises?tab=tests`);
  await page.getByText('exactly 15 minutes is kept').waitFor();
  assert.equal(await page.locator('tbody .tone-bad').count(), 0, 'a test does not hold');
  await page.goto(`${settings.base}/promises?tab=files`);
  await page.getByText('kind: Promise').first().waitFor();
  await page.context().close();
}

export async function managerChecks(context, broken) {
  await context.check('the report says what the command line says', () => reportFigures(context));
  await context.check('the report of a mistyped branch', () => reportOfNoBranch(context));
  await context.check('the report prints', () => reportOnPaper(context));
  await context.check('a ticket is explained to the cent', () => ticketToTheCent(context, broken));
  await context.check('what if', () => whatIf(context));
  await context.check('promises with wording, tests and files', () => promises(context));
}
