// What people do here, by keyboard alone: go to a page, filter, export, excuse with two people, and approve with two people.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { settle } from './accessibility.mjs';
import { enter, eventually, tabTo, typeInto } from './browser.mjs';

/** Takes a name at the top of the page. */
async function be(page, name) {
  await enter(page, page.getByRole('button', { name: /Choose a name|Change/ }));
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await typeInto(page, dialog.getByRole('textbox'), name);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page.locator('.who').getByText(name).waitFor();
}

async function goAround({ newPage, settings }) {
  const page = await newPage();
  await page.goto(settings.base);
  await settle(page);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip', 'the first stop is not the way past the navigation');
  const names = await page.locator('nav').first().getByRole('link').allInnerTexts();
  for (const name of names.filter((one) => !/Wall/.test(one))) {
    // Back, since a new page has the focus on its heading, after the navigation.
    await enter(page, page.locator('nav').first().getByRole('link', { name, exact: true }), 'Shift+Tab');
    await page.locator('nav a[aria-current]', { hasText: name }).waitFor();
    await settle(page);
    const focused = await page.evaluate(() => document.activeElement.tagName);
    assert.ok(['H1', 'A', 'BODY'].includes(focused), `after ${name} the focus is on ${focused}`);
  }
  await tabTo(page, page.getByLabel('Language'), 'Shift+Tab');
  await page.keyboard.type('Suomi');
  await eventually('Finnish', () => page.evaluate(() => document.documentElement.lang === 'fi'));
  await page.context().close();
  return `${names.length} pages`;
}

async function filter({ newPage, settings, bank, forgiven }) {
  const page = await newPage();
  await page.goto(`${settings.base}/breaches`);
  await settle(page);
  const field = page.getByRole('combobox', { name: 'Filter' });
  await tabTo(page, field);
  await page.keyboard.type('prom');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.type('"ser');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.equal((await field.inputValue()).trim(), 'promise == "served-in-15"');
  await page.keyboard.type('&& late_by > duration("2m")');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  const wanted = bank.lines('breaches', 'list', '--promise', 'served-in-15').filter((line) => Number.parseFloat(line.late_by) > 120);
  assert.ok(wanted.length > 0, 'nothing is that late');
  await page.getByText(`${wanted.length} of ${wanted.length}`).waitFor();
  await enter(page, page.getByRole('button', { name: /Late by/ }));
  await enter(page, page.getByRole('button', { name: /Late by/ }));
  await page.waitForURL(/order=late_by\+desc/);
  const worst = wanted.sort((a, b) => Number.parseFloat(b.late_by) - Number.parseFloat(a.late_by))[0];
  await eventually('the latest one first', async () => (await page.getByRole('rowheader').first().getByRole('link').getAttribute('href')).endsWith(encodeURIComponent(worst.ticket)));
  // Who opens the address sees the same; so does who runs the command.
  const again = await newPage();
  await again.goto(page.url());
  await again.getByText(`${wanted.length} of ${wanted.length}`).waitFor();
  await enter(again, again.getByText('Show as command'));
  const said = bank.shell(await again.locator('.command code').innerText()).trim().split('\n');
  assert.equal(said.length, wanted.length);
  assert.equal(JSON.parse(said[0]).ticket, worst.ticket);
  const unfinished = `${settings.base}/breaches?filter=${encodeURIComponent('late_by >')}`;
  forgiven.pages.add(unfinished);
  await page.goto(unfinished);
  await page.locator('.fault').waitFor();
  await page.context().close();
  await again.context().close();
  return `${wanted.length} lines, the same from the address and from the command`;
}

/** The columns and rows of a CSV file without line breaks in its cells. */
function readCsv(text) {
  return text.replace(/^\uFEFF/, '').trimEnd().split('\r\n').map((line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((cell) => cell[1]?.replaceAll('""', '"') ?? cell[2]));
}

async function exportFile({ newPage, settings, bank }) {
  const issuedAt = new Date(Date.now() - 10_000).toISOString();
  await bank.tell({ branch: 'turku-1', ticket: 'formula', label: '=SUM(A1)', type: 'issued', occurredAt: issuedAt, attributes: { service: 'express' } });
  await bank.tell({ branch: 'turku-1', ticket: 'formula', type: 'service_started' });
  await eventually('the breach', async () => bank.lines('breaches', 'list', '--promise', 'express').some((line) => line.ticket === 'formula'));
  const page = await newPage();
  await page.goto(`${settings.base}/breaches?columns=ticket,label,branch,amount,late_by`);
  await settle(page);
  const coming = page.waitForEvent('download');
  await enter(page, page.getByRole('button', { name: 'Save as CSV' }));
  const rows = readCsv(readFileSync(await (await coming).path(), 'utf8'));
  const wanted = bank.lines('breaches', 'list');
  assert.deepEqual(rows[0], ['ticket', 'label', 'branch', 'late_by', 'amount']);
  assert.equal(rows.length - 1, wanted.length);
  const cents = (values) => values.reduce((sum, value) => sum + Math.round(Number(value || 0) * 100), 0);
  assert.equal(cents(rows.slice(1).map((row) => row[4])), cents(wanted.map((line) => line.owed?.amount)));
  assert.equal(rows.find((row) => row[0] === 'formula')[1], "'=SUM(A1)", 'a spreadsheet would take it for a formula');
  await page.context().close();
  return `${wanted.length} rows`;
}

async function excuse({ newPage, settings, bank }, broken) {
  const page = await newPage();
  const own = `ticket == "${broken.ticket}" && branch == "${broken.branch}"`;
  await page.goto(`${settings.base}/breaches?filter=${encodeURIComponent(own)}`);
  await settle(page);
  for (const [name, answer] of [['maija', /Somebody else/], ['pekka', /Excused by maija, pekka/]]) {
    await be(page, name);
    await enter(page, page.getByRole('button', { name: /^Excuse…/ }));
    const dialog = page.getByRole('dialog');
    await typeInto(page, dialog.getByRole('combobox').or(dialog.locator('input')).first(), 'evacuation');
    await typeInto(page, dialog.getByLabel(/Reason/), `smoke in the hall, says ${name}`);
    await enter(page, dialog.getByRole('button', { name: 'Excuse the breach' }));
    await dialog.getByText(answer).waitFor();
    await enter(page, dialog.getByRole('button', { name: 'Close' }));
    await dialog.waitFor({ state: 'detached' });
  }
  await page.context().close();
  const [line] = bank.lines('breaches', 'list', '--all-verdicts', '--filter', own);
  return `paid state ${line?.paid_state}`;
}

async function approve({ newPage, settings, bank }) {
  const page = await newPage();
  await page.goto(`${settings.base}/payouts?tab=batches`);
  await settle(page);
  await be(page, 'frans');
  await enter(page, page.getByRole('button', { name: 'Draw up a batch' }));
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await enter(page, dialog.getByRole('button', { name: 'Draw up a batch' }));
  await dialog.waitFor({ state: 'detached' });
  const { batches: [batch] } = await bank.get('/v1/payout-batches');
  assert.equal(batch.createdBy, 'frans');
  await enter(page, page.getByRole('link', { name: batch.id }).first());
  await page.getByText('somebody else must approve it').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Approve' }).isDisabled(), true, 'who drew it up may approve it');
  await be(page, 'aino');
  await enter(page, page.getByRole('button', { name: 'Approve', exact: true }));
  await eventually('the approval', async () => (await bank.get(`/v1/payout-batches/${batch.id}`)).approvedBy === 'aino');
  await enter(page, page.getByRole('button', { name: 'Verify' }));
  await page.getByText('Every cent is proved').waitFor();
  const coming = page.waitForEvent('download');
  await enter(page, page.getByRole('link', { name: /pain\.001/ }));
  const file = readFileSync(await (await coming).path(), 'utf8');
  assert.ok(file.includes('pain.001.001.09') && file.includes(`<NbOfTxs>${batch.count}</NbOfTxs>`), 'it is not the batch');
  await page.context().close();
  return `${batch.id}, ${batch.count} lines, ${batch.total.currency} ${batch.total.amount}`;
}

async function review({ newPage, settings, bank }) {
  const page = await newPage();
  await page.goto(`${settings.base}/reviews`);
  await settle(page);
  await page.getByRole('row').getByText('Held').first().waitFor();
  await be(page, 'aino');
  await enter(page, page.getByRole('button', { name: 'Decide: A099' }));
  const dialog = page.getByRole('dialog');
  await tabTo(page, dialog.getByRole('radio').first());
  await page.keyboard.press('Space');
  await typeInto(page, dialog.getByLabel(/Reason/), 'the camera shows a wait of an hour');
  await page.keyboard.press('Tab');
  await enter(page, dialog.getByRole('button', { name: 'Decide' }));
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('row', { name: /A099/ }).waitFor({ state: 'detached' });
  await page.context().close();
  const [line] = bank.lines('breaches', 'list', '--filter', 'ticket == "unfinished"');
  assert.equal(line?.verdict, 'breached');
  return `breached, EUR ${line.owed.amount}`;
}

async function readTable({ newPage, settings }) {
  const page = await newPage();
  await page.goto(`${settings.base}/report?promise=served-in-15`);
  await settle(page);
  await enter(page, page.locator('summary', { hasText: 'When the promise breaks' }));
  await enter(page, page.getByRole('region', { name: /When the promise breaks/ }).getByRole('link').first());
  await page.getByRole('heading', { name: 'Breaches' }).waitFor();
  await page.goto(`${settings.base}/what-if?promise=served-in-15`);
  await settle(page);
  await enter(page, page.getByRole('button', { name: 'Calculate' }));
  await page.locator('td.today').waitFor();
  await enter(page, page.getByRole('button', { name: 'Less: Amount' }));
  await page.locator('output', { hasText: 'EUR' }).waitFor();
  await page.context().close();
}

export async function taskChecks(context, broken) {
  await context.check('by keyboard: to every page', () => goAround(context));
  await context.check('by keyboard: filter, order, address, command', () => filter(context));
  await context.check('by keyboard: export', () => exportFile(context));
  await context.check('by keyboard: two people excuse a breach', () => excuse(context, broken));
  await context.check('by keyboard: two people approve a batch', () => approve(context));
  await context.check('by keyboard: decide a review', () => review(context));
  await context.check('by keyboard: the tables of the report, what if', () => readTable(context));
}
