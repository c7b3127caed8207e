// What a page has asked the server for, while it is asked, and asked again.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { address, ApiError, get, type Params } from './api';
import { heard, useLive } from './freshness';

export interface Loaded<T> {
  /** The newest answer; of the question before until the new one is answered, when `keep` says so. */
  value: T | undefined;
  error: ApiError | undefined;
  isLoading: boolean;
  /** Asks again at once. */
  reload: () => void;
}

export interface LoadOptions {
  /** Ask again every so many milliseconds: the page then shows the present and goes stale without answers. */
  everyMs?: number;
  /** Keep showing the last answer while another question is under way. */
  keep?: boolean;
}

/** Asks `path` with `params`, and again whenever they change; null asks nothing. */
export function useLoad<T>(path: string | null, params: Params = {}, { everyMs, keep = true }: LoadOptions = {}): Loaded<T> {
  const url = path === null ? null : address(path, params);
  const [state, setState] = useState<{ url: string | null; value?: T; error?: ApiError; isLoading: boolean }>({ url: null, isLoading: true });
  const [turn, setTurn] = useState(0);
  const shown = useRef(state);
  shown.current = state;
  useLive(everyMs !== undefined && url !== null);

  useEffect(() => {
    if (url === null) return undefined;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      // WHY: an answer that hangs would stop the asking for good.
      const patience = everyMs === undefined ? undefined : setTimeout(() => abort.abort(new ApiError('UNAVAILABLE', 'no_answer', 'no answer')), 60_000);
      try {
        const value = await get<T>(url, {}, abort.signal);
        heard();
        setState({ url, value, isLoading: false });
      } catch (error) {
        if (!(error instanceof ApiError)) {
          if (abort.signal.aborted) return;
          throw error;
        }
        const last = shown.current;
        setState({ url, ...(last.value !== undefined && last.url === url && { value: last.value }), error, isLoading: false });
      } finally {
        clearTimeout(patience);
      }
      if (everyMs !== undefined && !abort.signal.aborted) timer = setTimeout(ask, everyMs);
    };
    setState((last) => ({ url: last.url, ...(keep && last.value !== undefined && { value: last.value }), isLoading: true }));
    void ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [url, everyMs, turn]);

  const reload = useCallback(() => setTurn((n) => n + 1), []);
  return { value: state.value, error: state.error, isLoading: state.isLoading, reload };
}

/** Runs one change at a time: `run` asks, `error` is the last refusal, `isRunning` disables the button. */
export function useChange(): { run: (change: () => Promise<void>) => Promise<boolean>; error: ApiError | undefined; isRunning: boolean; forget: () => void } {
  const [error, setError] = useState<ApiError | undefined>(undefined);
  const [isRunning, setRunning] = useState(false);
  const run = async (change: () => Promise<void>) => {
    setRunning(true);
    setError(undefined);
    try {
      await change();
      return true;
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      setError(refused);
      return false;
    } finally {
      setRunning(false);
    }
  };
  return { run, error, isRunning, forget: () => setError(undefined) };
}
