// Addresses, streams and command lines: what goes in comes out, however it is cut.
import './browser';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { draws } from './browser';
import { address, ApiError, getStream, post, postStream } from '../src/api';
import { matchPath, payoutHref, ticketHref } from '../src/route';
import { session } from '../src/session';
import { quoted } from '../src/ui/command_box';

const awkward = ['A017', 'a/b', 'ä ö', '100%', "it's", '$(x)', 'a?b#c', '-x', '"', '\\', 'a\nb', '…'];

test('a ticket with any name has a page of its own', () => {
  for (const branch of awkward) {
    for (const ticket of awkward) assert.deepEqual(matchPath('/tickets/:branch/:ticket', ticketHref(branch, ticket)), { branch, ticket });
    assert.deepEqual(matchPath('/payouts/:id', payoutHref(branch)), { id: branch });
  }
  assert.equal(matchPath('/tickets/:branch/:ticket', '/tickets/b'), null);
  assert.equal(matchPath('/tickets/:branch/:ticket', '/tickets/b/%zz'), null);
  assert.equal(matchPath('/payouts/:id', '/payouts/'), null);
});

test('a query says what was asked and nothing else', () => {
  assert.equal(address('/v1/payouts', { awaitingPayee: true, overdue: false, batch: '', state: undefined, by: ['day', 'a&b'], page_size: 3 }),
    '/v1/payouts?awaiting_payee=true&by=day&by=a%26b&page_size=3');
});

test('a shell reads the command as it was meant', () => {
  for (const word of awkward) assert.equal(execFileSync('sh', ['-c', `printf '%s|' ${quoted(word)}`]).toString(), `${word}|`);
});

function answerInPieces(text: string, draw: () => number, status = 200): void {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(stream) {
      if (at >= bytes.length) return stream.close();
      const end = Math.min(bytes.length, at + 1 + Math.floor(draw() * 7));
      stream.enqueue(bytes.slice(at, at = end));
    },
  });
  Object.defineProperty(globalThis, 'fetch', { value: async () => new Response(body, { status }), configurable: true });
}

test('a stream is the same however the network cuts it', async () => {
  session.value = { csrf: 'token' };
  for (let seed = 1; seed <= 60; seed++) {
    const draw = draws(seed);
    const parts = Array.from({ length: 1 + Math.floor(draw() * 8) }, (_, i) => ({ n: i, text: awkward[Math.floor(draw() * awkward.length)] }));
    const heard: unknown[] = [];
    answerInPieces(parts.map((part) => JSON.stringify(part) + '\n').join(''), draw);
    await postStream('/v1/backtests:run', {}, (part) => heard.push(part));
    answerInPieces(parts.map((part) => `id: 1\ndata: ${JSON.stringify(part)}\n\n`).join(''), draw);
    await getStream('/v1/x:verify', {}, (part) => heard.push(part));
    assert.deepEqual(heard, [...parts, ...parts], `seed ${seed}`);
  }
});

test('an error after the first answer is an error', async () => {
  const draw = draws(7);
  const heard: unknown[] = [];
  const isRefusal = (error: unknown) => error instanceof ApiError && error.reason === 'stopped' && error.message === 'it broke';
  answerInPieces('{"a":1}\n{"error":{"code":"ABORTED","reason":"stopped","message":"it broke"}}\n', draw);
  await assert.rejects(postStream('/x', {}, (part) => heard.push(part)), isRefusal);
  answerInPieces('data: {"a":1}\n\nevent: error\ndata: {"code":"ABORTED","reason":"stopped","message":"it broke"}\n\n', draw);
  await assert.rejects(getStream('/x', {}, (part) => heard.push(part)), isRefusal);
  assert.deepEqual(heard, [{ a: 1 }, { a: 1 }]);
});

test('a refusal tells the fields, and one that is no JSON its status', async () => {
  const draw = draws(9);
  answerInPieces('{"code":"INVALID_ARGUMENT","message":"expected a reason","fields":[{"field":"reason","message":"empty"}]}', draw, 400);
  await assert.rejects(getStream('/x', {}, () => undefined), (error) => error instanceof ApiError && error.code === 'INVALID_ARGUMENT' && error.fields[0]?.message === 'empty');
  answerInPieces('<html>', draw, 502);
  await assert.rejects(getStream('/x', {}, () => undefined), (error) => error instanceof ApiError && error.code === 'HTTP 502');
});

test('what was meant in one name is not done in another', async () => {
  for (const [name, expected] of [['maija', 2], ['pekka', 1]] as const) {
    session.value = { kind: 'chosen', name: 'maija', csrf: 'old' };
    let posts = 0;
    const fetch = async (path: string, options?: RequestInit) => {
      if (path === '/session') return Response.json({ kind: 'chosen', name, csrf: 'new' });
      posts++;
      const token = new Headers(options?.headers).get('Lupaus-Csrf');
      return token === 'new' ? Response.json({}) : Response.json({ code: 'PERMISSION_DENIED', reason: 'csrf', message: 'old token' }, { status: 403 });
    };
    Object.defineProperty(globalThis, 'fetch', { value: fetch, configurable: true });
    const result = post('/v1/x', {});
    if (name === 'maija') await result;
    else await assert.rejects(result, (error) => error instanceof ApiError && error.reason === 'csrf');
    assert.equal(posts, expected);
    assert.equal(session.value?.name, name);
  }
});
