// Fails when a page has grown: adds up the gzipped scripts that a page loads before it shows anything, and counts the
// packages that ship. Usage: node build/check_sizes.mjs [DIST]
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const KIB = 1024;
const dist = process.argv[2] ?? 'dist';
const PACKAGES_MAX = 16;
// The console's own first page comes in a script of its own, which is asked for at once.
const PAGES = [
  { html: 'index.html', also: /^live-/, max: 60 * KIB },
  { html: 'wall.html', also: null, max: 25 * KIB },
];

const failures = [];
const file = (path) => readFileSync(join(dist, path));
const scriptsOf = (text) => [...text.matchAll(/(?:from|import)\s*"(\.\/[^"]+\.js)"/g)].map((match) => `assets/${basename(match[1])}`);

function withImports(entries) {
  const found = new Set();
  const visit = (path) => {
    if (found.has(path)) return;
    found.add(path);
    scriptsOf(file(path).toString()).forEach(visit);
  };
  entries.forEach(visit);
  return found;
}

for (const { html, also, max } of PAGES) {
  const text = file(html).toString();
  if (/<script(?![^>]*\bsrc=)/.test(text) || /<style|\sstyle=/.test(text)) failures.push(`${html} has an inline script or style`);
  if (/(?:src|href)="(?:https?:)?\/\//.test(text)) failures.push(`${html} asks another host`);
  const named = [...text.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((match) => match[1]);
  const entries = also ? [...named, ...lazyOf(named, also)] : named;
  const scripts = withImports(entries);
  const bytes = [...scripts].reduce((sum, path) => sum + gzipSync(file(path), { level: 9 }).length, 0);
  console.log(`${html}: ${(bytes / KIB).toFixed(1)} KiB of script, gzipped, in ${scripts.size} files (at most ${max / KIB})`);
  if (bytes > max) failures.push(`${html} loads ${(bytes / KIB).toFixed(1)} KiB of script, more than ${max / KIB}`);
}

// Pages that the entry loads when they are opened.
function lazyOf(entries, name) {
  const text = [...withImports(entries)].map((path) => file(path).toString()).join('\n');
  const all = [...text.matchAll(/import\(\s*[`"']\.\/([^`"']+\.js)[`"']\s*\)/g)].map((match) => match[1]);
  const found = all.filter((path) => name.test(path)).map((path) => `assets/${path}`);
  if (found.length !== 1) failures.push(`no page of its own is named ${name}`);
  return found;
}

const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url)));
const shipped = Object.entries(lock.packages).filter(([path, entry]) => path && !entry.dev && !entry.devOptional && !(entry.optional && entry.peer));
console.log(`${shipped.length} packages ship (at most ${PACKAGES_MAX})`);
if (shipped.length > PACKAGES_MAX) failures.push(`${shipped.length} packages ship, more than ${PACKAGES_MAX}`);

for (const failure of failures) console.error(`check_sizes: ${failure}`);
process.exitCode = failures.length ? 1 : 0;
