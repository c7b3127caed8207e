// Reads the proof of a ticket, as the server prints it for people, into its parts, so that a page can show them. What it
// does not know it leaves as it is.

export interface TraceRow {
  /** "09:00:00.000", with a date in front where it is another day. */
  at: string;
  /** "issued"; '' where no event of the ticket stands behind it. */
  event: string;
  note: string;
}

/** One commitment, or one promise that does not run. */
export interface TracePart {
  promise: string;
  /** The rest of its heading. */
  heading: string;
  rows: TraceRow[];
  /** Why: the rules and their places in the files. */
  reasons: string[];
}

export interface Trace {
  parts: TracePart[];
  /** "EUR 10.00"; '' where the proof ends otherwise. */
  owed: string;
}

const timeShape = /^(?:\d{4}-\d{2}-\d{2} )?\d{2}:\d{2}:\d{2}(?:\.\d+)?(?= {2}|$)/;

/** Rows stand in columns: times, padded to the longest, events, notes. */
function readRows(lines: readonly string[]): TraceRow[] {
  const times = lines.map((line) => timeShape.exec(line)?.[0] ?? '');
  const column = Math.max(...times.map((time) => time.length)) + 2;
  const isPadded = lines.every((line, i) => line.slice(times[i]?.length, column).trim() === '');
  return lines.map((line, i) => {
    const at = times[i] ?? '';
    const rest = isPadded ? line.slice(column) : line.slice(at.length + 2);
    const event = /^\S+/.exec(rest)?.[0] ?? '';
    return { at, event, note: rest.slice(event.length).trim() };
  });
}

export function readTrace(text: string): Trace {
  const trace: Trace = { parts: [], owed: '' };
  let part: TracePart | undefined;
  let rows: string[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const total = /^owed on this ticket: (.*)$/.exec(line);
    if (total) {
      trace.owed = total[1] ?? '';
    } else if (part && timeShape.test(line)) {
      rows.push(line);
      part.rows = readRows(rows);
    } else if (/^\s/.test(line) && part) {
      part.reasons.push(line.trim());
    } else {
      const [promise = '', ...rest] = line.split(', ');
      rows = [];
      part = { promise, heading: rest.join(', '), rows: [], reasons: [] };
      trace.parts.push(part);
    }
  }
  return trace;
}
