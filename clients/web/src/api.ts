// Talks to the server this page came from, and to no other: calls as JSON, streams as server-sent events (GET) or lines
// of JSON (POST). Every failure is an ApiError with words for people.
import { csrf, reloadSession, whoIsHere } from './session';
import { address, ApiError, noAnswer, refusal, type Params, type Refusal } from './wire';

export { address, ApiError } from './wire';
export type { FieldFault, Params } from './wire';

/** A key that makes a repeated request harmless: keep it for one intention, make another for the next. */
export function requestId(): string {
  // WHY: randomUUID is there on secure origins alone, and a branch's proxy may serve plain HTTP inside.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function answerOf(request: () => Promise<Response>): Promise<Response> {
  let answer: Response;
  try {
    answer = await request();
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw noAnswer(cause);
  }
  if (answer.ok) return answer;
  let body: Refusal = {};
  try {
    body = await answer.json() as Refusal;
  } catch {
    // Not one of the server's own answers: what is known is the status.
  }
  throw refusal({ code: `HTTP ${answer.status}`, ...body }, `${answer.status} ${answer.statusText}`);
}

/** Reads. Throws ApiError, or an AbortError when `signal` says so. */
export async function get<T>(path: string, params?: Params, signal?: AbortSignal): Promise<T> {
  const answer = await answerOf(() => fetch(address(path, params), { cache: 'no-store', ...(signal && { signal }) }));
  return await answer.json() as T;
}

async function sendBody(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const attempt = async () => answerOf(async () => fetch(path, {
    method,
    headers: { 'Content-Type': 'application/json', 'Lupaus-Csrf': await csrf() },
    body: JSON.stringify(body ?? {}),
    ...(signal && { signal }),
  }));
  const before = await csrf();
  const name = whoIsHere();
  try {
    return await attempt();
  } catch (error) {
    // WHY: a server that was started again has forgotten the token this page holds; what it refused for that, it has not done.
    if (!(error instanceof ApiError) || !['PERMISSION_DENIED', 'UNAUTHENTICATED'].includes(error.code)) throw error;
    await reloadSession();
    // Somebody chose another name in another window: what was meant in one name is not done in another.
    if (await csrf() === before || whoIsHere() !== name) throw error;
    return attempt();
  }
}

/** Changes something; the body is the request's JSON, `requestId: requestId()` in it where the request has one. */
export async function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return await (await sendBody('POST', path, body, signal)).json() as T;
}

/** Asks with a large body; `onPart` gets each line of the answer in order. Ends when the server does, or at `signal`. */
export async function postStream<T>(path: string, body: unknown, onPart: (part: T) => void, signal?: AbortSignal): Promise<void> {
  await eachLine(await sendBody('POST', path, body, signal), (line) => {
    if (!line.trim()) return;
    const part = JSON.parse(line) as T & { error?: Refusal };
    if (part.error) throw refusal(part.error, 'the server broke off');
    onPart(part);
  });
}

/** Reads a stream that has an end: `onPart` gets each answer in order. What has none is for `watch`. */
export async function getStream<T>(path: string, params: Params, onPart: (part: T) => void, signal?: AbortSignal): Promise<void> {
  let event = '';
  const answer = await answerOf(() => fetch(address(path, params), { headers: { Accept: 'text/event-stream' }, cache: 'no-store', ...(signal && { signal }) }));
  await eachLine(answer, (line) => {
    if (line.startsWith('event:')) event = line.slice(6).trim();
    if (line.trim() === '') event = '';
    if (!line.startsWith('data:')) return;
    const part = JSON.parse(line.slice(5)) as T;
    if (event === 'error') throw refusal(part as Refusal, 'the server broke off');
    onPart(part);
  });
}

async function eachLine(answer: Response, take: (line: string) => void): Promise<void> {
  const reader = answer.body?.getReader();
  if (!reader) return;
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(take);
    if (done) break;
  }
  take(rest);
}

export { watch } from './watch';
export type { WatchHandlers, WatchState } from './watch';
