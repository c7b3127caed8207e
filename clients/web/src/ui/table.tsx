// Tables that sort by their heads and, on narrow screens, scroll within a region of their own.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { lang } from '../i18n';
import { t } from './ui.messages';

export interface Column<Row> {
  /** Names the column in `sort`. */
  key: string;
  head: ComponentChildren;
  /** For the screen reader where `head` is no text. */
  headText?: string;
  cell: (row: Row) => ComponentChildren;
  /** What to sort by: makes the head a button. */
  sortBy?: (row: Row) => string | number | bigint | undefined;
  /** Figures stand on the right. */
  numeric?: boolean;
  /** The row's name: read out with each of its cells. */
  isRowHead?: boolean;
  class?: string;
}

export interface SortOrder { key: string; down: boolean }

interface TableProps<Row> {
  caption: string;
  /** Shows the caption; else it is for screen readers alone. */
  showCaption?: boolean;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  rowClass?: (row: Row) => string | undefined;
  /** Where sorting is somebody else's (the server's): what is shown, and what a head was asked for. */
  sort?: SortOrder | undefined;
  onSort?: (order: SortOrder) => void;
  foot?: ComponentChildren;
}

export function Table<Row>({ caption, showCaption, columns, rows, rowKey, rowClass, sort, onSort, foot }: TableProps<Row>) {
  const [own, setOwn] = useState<SortOrder | undefined>(undefined);
  const order = onSort ? sort : own ?? sort;
  const by = columns.find((column) => column.key === order?.key)?.sortBy;
  const shown = onSort || !by || !order ? rows : [...rows].sort((a, b) => compare(by(a), by(b)) * (order.down ? -1 : 1));
  const choose = (key: string) => {
    const next = { key, down: order?.key === key ? !order.down : false };
    if (onSort) onSort(next);
    else setOwn(next);
  };
  return (
    <div class="scroll" role="region" tabIndex={0} aria-label={t('scrollable', { caption })}>
      <table>
        <caption class={showCaption ? undefined : 'unseen'}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" class={classOf(column)} aria-sort={ariaSort(order, column.key, column.sortBy !== undefined)}>
                {column.sortBy
                  ? <button type="button" class="sort" onClick={() => choose(column.key)} title={t('sortBy', { column: nameOf(column) })}>
                      {column.head}<span aria-hidden="true" class="arrow">{order?.key === column.key ? (order.down ? '▼' : '▲') : '↕'}</span>
                    </button>
                  : column.headText ? <span title={column.headText}>{column.head}</span> : column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={rowKey(row)} class={rowClass?.(row)}>
              {columns.map((column) => column.isRowHead
                ? <th key={column.key} scope="row" class={classOf(column)}>{column.cell(row)}</th>
                : <td key={column.key} class={classOf(column)}>{column.cell(row)}</td>)}
            </tr>
          ))}
        </tbody>
        {foot && <tfoot>{foot}</tfoot>}
      </table>
    </div>
  );
}

function nameOf<Row>(column: Column<Row>): string {
  return column.headText ?? (typeof column.head === 'string' ? column.head : column.key);
}

function classOf<Row>(column: Column<Row>): string | undefined {
  return [column.numeric && 'numeric', column.class].filter(Boolean).join(' ') || undefined;
}

function ariaSort(order: SortOrder | undefined, key: string, sorts: boolean): 'ascending' | 'descending' | undefined {
  return sorts && order?.key === key ? order.down ? 'descending' : 'ascending' : undefined;
}

function compare(a: string | number | bigint | undefined, b: string | number | bigint | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  if (typeof a === 'string' && typeof b === 'string') return a.localeCompare(b, lang.value, { numeric: true });
  return a < b ? -1 : a > b ? 1 : 0;
}
