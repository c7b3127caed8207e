// What the first visit costs: script over the wire, and how long until something is painted.
import assert from 'node:assert/strict';

const KIB = 1024;
const kPaintMs = 1000;

async function visit(newPage, url) {
  const page = await newPage();
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForFunction(() => document.querySelector('h1') !== null && performance.getEntriesByName('first-contentful-paint').length > 0);
  const found = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0].startTime,
    scripts: performance.getEntriesByType('resource').filter((one) => /\.js$/.test(one.name)).map((one) => ({ bytes: one.encodedBodySize, whole: one.decodedBodySize })),
  }));
  await page.context().close();
  const bytes = found.scripts.reduce((sum, one) => sum + one.bytes, 0);
  return { paint: found.paint, bytes, isPacked: found.scripts.every((one) => one.whole < 1024 || one.bytes < one.whole) };
}

/** The console's first page and the wall; gives their figures. */
export async function firstLoad({ newPage, settings }) {
  const said = [];
  for (const [path, max] of [['/', 60], ['/wall', 25]]) {
    // WHY: a machine that builds something else at this moment is slow for a while; the page is not.
    const visits = [await visit(newPage, settings.base + path)];
    while (visits.at(-1).paint >= kPaintMs && visits.length < 3) visits.push(await visit(newPage, settings.base + path));
    const { paint, bytes, isPacked } = visits.at(-1);
    assert.ok(isPacked, `${path}: scripts are sent unpacked`);
    assert.ok(bytes > 0 && bytes <= max * KIB, `${path} loads ${bytes} bytes of script, expected at most ${max} KiB`);
    assert.ok(paint < kPaintMs, `${path} is painted after ${visits.map((one) => one.paint)} ms, expected less than ${kPaintMs}`);
    said.push(`${path} ${(bytes / KIB).toFixed(1)} KiB of script, painted after ${paint.toFixed(0)} ms`);
  }
  return said.join('; ');
}
