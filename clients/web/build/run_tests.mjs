// Bundles test/*.test.ts for Node and runs them. Usage: node build/run_tests.mjs
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

const out = mkdtempSync(join(tmpdir(), 'console-tests-'));
const names = readdirSync('test').filter((name) => name.endsWith('.test.ts'));
await build({
  entryPoints: names.map((name) => `test/${name}`), outdir: out, outExtension: { '.js': '.mjs' }, bundle: true, platform: 'node', format: 'esm',
  target: 'node18', jsx: 'automatic', jsxImportSource: 'preact', logLevel: 'error',
});
const files = names.map((name) => join(out, name.replace(/\.ts$/, '.mjs')));
const { status } = spawnSync(process.execPath, ['--test', ...files], { stdio: 'inherit' });
rmSync(out, { recursive: true });
process.exitCode = status ?? 1;
