// Who is at the browser. On the machine itself a name is chosen and proves nothing; behind a trusted proxy the proxy says it.
import { signal } from '@preact/signals';
import { noAnswer, refusal } from './wire';
import type { Session } from './types';

/** What the server knows of this browser; undefined until it was asked. */
export const session = signal<Session | undefined>(undefined);

async function ask(method: string, body?: unknown): Promise<Session> {
  let answer: Response;
  try {
    answer = await fetch('/session', {
      method,
      cache: 'no-store',
      headers: method === 'GET' ? {} : { 'Content-Type': 'application/json', 'Lupaus-Csrf': session.value?.csrf ?? '' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw noAnswer(cause);
  }
  const said = await answer.json().catch(() => ({})) as Session;
  if (!answer.ok) throw refusal(said as object, `${answer.status} ${answer.statusText}`);
  return said;
}

/** Asks the server again who this is. Throws ApiError. */
export async function reloadSession(): Promise<Session> {
  return session.value = await ask('GET');
}

/** The token that every change carries. Throws ApiError when the server does not answer. */
export async function csrf(): Promise<string> {
  return (session.value ?? await reloadSession()).csrf ?? '';
}

/** From now on changes are made in this name. Throws ApiError. */
export async function chooseName(name: string): Promise<void> {
  await csrf();
  session.value = await ask('POST', { name });
}

/** Nobody is at the browser any more. Throws ApiError. */
export async function forgetName(): Promise<void> {
  await csrf();
  session.value = await ask('DELETE');
  if (session.value.csrf === undefined) await reloadSession();
}

/** The name under which changes are made; '' while there is none. */
export function whoIsHere(): string {
  return session.value?.kind === 'nobody' ? '' : session.value?.name ?? '';
}
