// Follows a stream of server-sent events for as long as somebody looks, and begins where it broke off.
import { address, ApiError, noAnswer, refusal, type Params, type Refusal } from './wire';

export type WatchState = 'connecting' | 'open' | 'lost';

export interface WatchHandlers<T> {
  onMessage: (message: T) => void;
  /** Each change of the connection; `error` says why it was lost, where that is known. */
  onState?: (state: WatchState, error?: ApiError) => void;
  /** Turns the id of the last message into what asks for the next; without it `{resume: id}`. */
  resume?: (lastId: string) => Params;
}

const kFirstRetryMs = 500;
const kRetryMaxMs = 8000;
/** A connection that says nothing for so long is taken for dead; the server speaks at least every 5 s. */
const kSilenceMaxMs = 15000;

/** Returns what ends it. Lost connections are tried again, with growing pauses, for ever. */
export function watch<T>(path: string, params: Params, handlers: WatchHandlers<T>): () => void {
  const resumeBy = handlers.resume ?? ((id: string) => ({ resume: id }));
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let lastId = '';
  let retryMs = kFirstRetryMs;
  let ended = false;

  const drop = () => {
    source?.close();
    source = undefined;
    clearTimeout(timer);
    clearTimeout(silence);
  };
  const lose = (error?: ApiError) => {
    if (ended) return;
    drop();
    handlers.onState?.('lost', error);
    timer = setTimeout(connect, retryMs * (0.75 + Math.random() / 2));
    retryMs = Math.min(retryMs * 2, kRetryMaxMs);
  };
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => lose(noAnswer(undefined)), kSilenceMaxMs);
  };
  const connect = () => {
    handlers.onState?.('connecting');
    const url = address(path, { ...params, ...(lastId && resumeBy(lastId)) });
    const opened = source = new EventSource(url);
    let isOpen = false;
    heard();
    opened.onopen = () => {
      isOpen = true;
      heard();
      handlers.onState?.('open');
    };
    opened.onmessage = (event: MessageEvent<string>) => {
      heard();
      retryMs = kFirstRetryMs;
      if (event.lastEventId) lastId = event.lastEventId;
      handlers.onMessage(JSON.parse(event.data) as T);
    };
    opened.addEventListener('error', (event) => {
      if (source !== opened) return;
      const told = (event as MessageEvent<string>).data;
      if (told) {
        lose(refusal(JSON.parse(told) as object, 'the server broke off'));
      } else if (isOpen) {
        lose();
      } else {
        drop();
        void whyRefused(url).then(lose);
      }
    });
  };
  connect();
  return () => {
    ended = true;
    drop();
  };
}

/** An EventSource does not tell why it was refused; the same question asked plainly does. */
async function whyRefused(url: string): Promise<ApiError | undefined> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), 3000);
  try {
    const answer = await fetch(url, { headers: { Accept: 'text/event-stream' }, signal: abort.signal });
    if (answer.ok) return undefined;
    return refusal(await answer.json() as Refusal, `${answer.status} ${answer.statusText}`);
  } catch (error) {
    return noAnswer(error);
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}
