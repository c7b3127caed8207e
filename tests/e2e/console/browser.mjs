// A browser that is watched: what it asks for, what it complains of, and where the focus goes when somebody presses Tab.
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Chromium with a list of its misdeeds: requests to other hosts, errors on the console, exceptions. */
export async function openBrowser({ web, chromium: executablePath, base }) {
  const { chromium } = createRequire(join(web, 'package.json'))('playwright-core');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-background-networking'] });
  const misdeeds = [];
  // Done on purpose: a check takes the server away, or leaves a filter unfinished on one page.
  const forgiven = { network: false, pages: new Set() };
  const newPage = async ({ lang = 'en', theme = 'light', width = 1280, height = 900 } = {}) => {
    const context = await browser.newContext({ viewport: { width, height }, timezoneId: 'Europe/Helsinki', acceptDownloads: true });
    await context.addInitScript(([chosenLang, chosenTheme]) => {
      // WHY: chosen once; afterwards the page's own choice counts.
      if (localStorage.getItem('lupaus.lang') === null) localStorage.setItem('lupaus.lang', chosenLang);
      if (localStorage.getItem('lupaus.theme') === null) localStorage.setItem('lupaus.theme', chosenTheme);
    }, [lang, theme]);
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('request', (request) => {
      const { url } = { url: request.url() };
      if (!url.startsWith(base) && !url.startsWith('data:') && !url.startsWith('blob:')) misdeeds.push(`asked ${url}`);
    });
    page.on('console', (message) => {
      const isNetwork = /Failed to load resource|ERR_CONNECTION|ERR_INCOMPLETE/.test(message.text());
      if (message.type() === 'error' && !isNetwork) misdeeds.push(`${page.url()} complains: ${message.text()}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 400 && !forgiven.network && !([400, 404].includes(response.status()) && forgiven.pages.has(page.url()))) misdeeds.push(`${page.url()}: ${response.status()} of ${response.url()}`);
    });
    page.on('pageerror', (error) => misdeeds.push(`${page.url()} throws: ${error.message}`));
    return page;
  };
  return { newPage, misdeeds, forgiven, close: () => browser.close() };
}

const kTabsMax = 400;

/** Presses Tab until `locator` has the focus. */
export async function tabTo(page, locator, key = 'Tab') {
  const wanted = await locator.first().elementHandle();
  for (let i = 0; i < kTabsMax; i++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${kTabsMax} times ${key} never reached ${locator}`);
}

/** Reaches it by Tab and presses Enter. */
export async function enter(page, locator, key = 'Tab') {
  await tabTo(page, locator, key);
  await page.keyboard.press('Enter');
}

/** Reaches a field by Tab and replaces what is in it. */
export async function typeInto(page, locator, text) {
  await tabTo(page, locator);
  await page.keyboard.press('Control+A');
  await page.keyboard.type(text);
}

/** Waits until `condition` holds, in the page's own time; gives its value. */
export async function eventually(what, condition, milliseconds = 30_000) {
  const until = performance.now() + milliseconds;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > until) throw new Error(`${what} did not come within ${milliseconds} ms`);
    await new Promise((resolve) => { setTimeout(resolve, 25); });
  }
}
