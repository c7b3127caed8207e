// The form of calls and refusals on the wire, without the calls themselves.

/** What a call may carry in its query; undefined and '' are left out, lists are repeated. */
export type Params = Record<string, string | number | boolean | readonly string[] | undefined>;

export interface FieldFault { field: string; message: string }

/** A refusal in the server's words, or one of ours when there was no answer (code 'UNAVAILABLE', reason 'no_answer'). */
export class ApiError extends Error {
  constructor(readonly code: string, readonly reason: string, message: string, readonly hint = '',
              readonly fields: readonly FieldFault[] = []) {
    super(message);
    this.name = 'ApiError';
  }
}

/** `/v1/tickets` and `{branch: 'a b'}` to `/v1/tickets?branch=a%20b`. Names are the proto's, in snake_case or camelCase alike. */
export function address(path: string, params: Params = {}): string {
  const query: string[] = [];
  for (const [name, value] of Object.entries(params)) {
    for (const item of Array.isArray(value) ? value as readonly string[] : [value]) {
      if (item === undefined || item === '' || item === false) continue;
      query.push(`${encodeURIComponent(snake(name))}=${encodeURIComponent(String(item))}`);
    }
  }
  return query.length ? `${path}?${query.join('&')}` : path;
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => '_' + letter.toLowerCase());
}

export interface Refusal { code?: string; reason?: string; message?: string; hint?: string; fields?: FieldFault[] }

export function refusal(body: Refusal, fallback: string): ApiError {
  return new ApiError(body.code ?? 'UNKNOWN', body.reason ?? '', body.message || fallback, body.hint ?? '', body.fields ?? []);
}

export function noAnswer(cause: unknown): ApiError {
  return new ApiError('UNAVAILABLE', 'no_answer', cause instanceof Error ? cause.message : 'no answer');
}
