// Lines as a CSV file for spreadsheets: quoted by RFC 4180, a byte order mark so that Excel reads UTF-8, and no cell that
// a spreadsheet would take for a formula.

const byteOrderMark = '\uFEFF';

/** A cell's text as it stands in the file. */
export function cell(value: string | number | boolean | undefined): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  // WHY: spreadsheets run what begins with one of these; an apostrophe makes it text.
  const safe = /^[=+\-@\t\r\n|%]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The whole file. */
export function csv(header: readonly string[], rows: readonly (readonly (string | number | boolean | undefined)[])[]): string {
  return byteOrderMark + [header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

/** Offers a file to the one at the browser. */
export function saveFile(name: string, type: string, content: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
