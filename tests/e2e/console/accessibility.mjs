// Every page in every language and both themes: axe finds nothing, every word is there, nothing is wider than a narrow screen.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const kNarrow = 320;

/** What axe finds on the page as it is, a line each. */
export async function findings(page, axe) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return violations.map((one) => `${one.id}: ${one.nodes.slice(0, 2).map((node) => `${node.target.join(' ')} – ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`).join(' | ')}`);
}

export const axeSource = (web) => readFileSync(join(web, 'node_modules', 'axe-core', 'axe.min.js'), 'utf8');

/** Settled: its heading is there and it waits for nothing. */
export async function settle(page) {
  await page.locator('h1').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.empty[role="status"]'), undefined, { timeout: 10_000 });
}

/** All of it, one page at a time. Gives how many states were looked at and what was wrong with them. */
export async function lookAtAll(newPage, base, pages, { web, shots }) {
  const axe = axeSource(web);
  const wrong = [];
  let looked = 0;
  const one = async (lang, theme) => {
    const page = await newPage({ lang, theme });
    for (const [name, path] of Object.entries(pages)) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(base + path);
      await settle(page);
      const state = `${name} ${lang} ${theme}`;
      wrong.push(...(await findings(page, axe)).map((finding) => `${state}: ${finding}`));
      if (shots) await page.screenshot({ path: `${shots}/${state.replaceAll(' ', '-')}.png`, fullPage: true });
      const stated = await page.evaluate(() => document.documentElement.lang);
      if (name !== 'wall' && stated !== lang) wrong.push(`${state}: the page says that it is in ${stated}`);
      await page.setViewportSize({ width: kNarrow, height: 700 });
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (beyond > 0) wrong.push(`${state}: ${beyond} px beyond ${kNarrow} px`);
      if (theme === 'light') wrong.push(...(await findings(page, axe)).map((finding) => `${state} narrow: ${finding}`));
      if (shots && lang === 'fi') await page.screenshot({ path: `${shots}/${state.replaceAll(' ', '-')}-narrow.png`, fullPage: true });
      looked++;
    }
    await page.context().close();
  };
  await Promise.all(['light', 'dark'].map(async (theme) => {
    for (const lang of ['fi', 'sv', 'en']) await one(lang, theme);
  }));
  return { looked, wrong };
}
