// Every page in every language and both themes: axe finds nothing, the page says which language it is in, and nothing is wider
// than a narrow screen.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const kNarrow = 320;
const themes = ['light', 'dark'];

/** What axe finds on the page as it is, a line each. */
async function findings(page) {
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return violations.map((one) => `${one.id}: ${one.nodes.slice(0, 2).map((node) => `${node.target.join(' ')} – ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`).join(' | ')}`);
}

/** Settled: its heading is there and it waits for nothing. */
export async function settle(page) {
  await page.locator('h1').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.empty[role="status"]'), undefined, { timeout: 30_000 });
}

async function widthBeyond(page) {
  await page.setViewportSize({ width: kNarrow, height: 700 });
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await page.setViewportSize({ width: 1280, height: 900 });
  return beyond;
}

/** One page in one language: both themes, wide and narrow. */
async function lookAt(page, state, { axe, shots, lang, isNarrowChecked }) {
  const wrong = [];
  await page.evaluate(axe);
  for (const theme of themes) {
    // WHY: themes differ by this attribute alone; loading the page anew would only cost time.
    await page.evaluate((chosen) => { document.documentElement.dataset.theme = chosen; }, theme);
    wrong.push(...(await findings(page)).map((finding) => `${state} ${theme}: ${finding}`));
    if (shots) await page.screenshot({ path: `${shots}/${state.replaceAll(' ', '-')}-${theme}.png`, fullPage: true });
  }
  const stated = await page.evaluate(() => document.documentElement.lang);
  if (stated !== lang) wrong.push(`${state}: the page says that it is in ${stated}`);
  const beyond = await widthBeyond(page);
  if (beyond > 0) wrong.push(`${state}: ${beyond} px beyond ${kNarrow} px`);
  if (isNarrowChecked) {
    await page.setViewportSize({ width: kNarrow, height: 700 });
    wrong.push(...(await findings(page)).map((finding) => `${state} narrow: ${finding}`));
    if (shots) await page.screenshot({ path: `${shots}/${state.replaceAll(' ', '-')}-narrow.png`, fullPage: true });
  }
  return wrong;
}

/** All of it, some pages at a time. Gives how many states were looked at and what was wrong with them. */
export async function lookAtAll(newPage, base, pages, { web, shots }) {
  const axe = readFileSync(join(web, 'node_modules', 'axe-core', 'axe.min.js'), 'utf8');
  const wrong = [];
  const oneLang = async (lang) => {
    const page = await newPage({ lang });
    for (const [name, path] of Object.entries(pages)) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(base + path + (name === 'wall' ? `?lang=${lang}` : ''));
      await settle(page);
      wrong.push(...await lookAt(page, `${name} ${lang}`, { axe, shots, lang, isNarrowChecked: lang === 'fi' }));
    }
    await page.context().close();
  };
  await Promise.all(['fi', 'sv', 'en'].map(oneLang));
  return { looked: Object.keys(pages).length * 3 * themes.length, wrong };
}
