// The live board of one branch or of all, followed for as long as a page shows it.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ApiError } from './api';
import { Board } from './board';
import { serverSecond, setServerClock } from './clock';
import { heard, staleMs, useLive } from './freshness';
import type { WatchTicketsResponse } from './types';
import { watch, type WatchState } from './watch';

export interface LiveBoard {
  board: Board;
  /** The server's clock now, to the second; when nothing is heard any more, as it was then. 0 before it told any. */
  now: number;
  state: WatchState;
  error: ApiError | undefined;
}

export function useBoard(branch: string): LiveBoard {
  const board = useRef(new Board());
  const [, setVersion] = useState(0);
  const [connection, setConnection] = useState<{ state: WatchState; error: ApiError | undefined }>({ state: 'connecting', error: undefined });
  useLive();
  useEffect(() => {
    board.current = new Board();
    setVersion((n) => n + 1);
    return watch<WatchTicketsResponse>('/v1/tickets:watch', { branch }, {
      onMessage: (message) => {
        setServerClock(message.asOf);
        heard();
        board.current.apply(message);
        setVersion((n) => n + 1);
      },
      onState: (state, error) => setConnection((last) => ({ state, error: state === 'connecting' ? last.error : error })),
    });
  }, [branch]);
  // WHY: counting down what nobody confirms any more would look alive.
  const told = board.current.asOf ? Date.parse(board.current.asOf) : 0;
  const now = staleMs.value === undefined ? serverSecond.value ?? told : told;
  return { board: board.current, now, ...connection };
}
