// Minutes by euros: what each variant would have cost. One variant is chosen, by its cell or by the steppers beside it.
import { shade } from '../../charts/bins';
import { duration, money, number, percent, sums } from '../../format';
import type { BacktestCell, Money } from '../../types';
import { Button, Stat, StatRow } from '../../ui';
import { costOf, keptPpm, lengthOf, type Grid } from './variants';
import { t } from './what_if.messages';

export interface Place { row: number; column: number }

const limitText = (text: string) => (lengthOf(text) === undefined ? text : duration(lengthOf(text)));
const sumText = (text: string) => {
  const [currency = '', amount] = text.split(' ');
  return amount === undefined ? text : money({ currency, amount });
};

function Stepper({ what, text, onStep, isFirst, isLast }: { what: string; text: string; onStep: (by: number) => void; isFirst: boolean; isLast: boolean }) {
  return (
    <div class="stepper" role="group" aria-label={what}>
      <span>{what}</span>
      <Button onClick={() => onStep(-1)} disabled={isFirst} aria-label={t('less', { what })}>−</Button>
      <output aria-live="polite">{text}</output>
      <Button onClick={() => onStep(1)} disabled={isLast} aria-label={t('more', { what })}>+</Button>
    </div>
  );
}

/** "+EUR 20.00", "−EUR 5.00", or words where it is the same. */
function difference(cell: BacktestCell, today: BacktestCell | undefined): string {
  const first: Money | undefined = cell.owed?.[0] ?? today?.owed?.[0];
  if (!today || !first) return '';
  const units = costOf(cell) - costOf(today);
  if (units === 0) return t('same');
  const decimals = first.amount?.split('.')[1]?.length ?? 0;
  const text = money({ currency: first.currency ?? '', amount: (Math.abs(units) / 10 ** decimals).toFixed(decimals) });
  return t('against', { difference: (units > 0 ? '+' : '−') + text });
}

export function Chosen({ grid, at, today, onChoose }: { grid: Grid; at: Place; today: Place; onChoose: (at: Place) => void }) {
  const cell = grid.cells[at.row]?.[at.column] ?? {};
  const now = grid.cells[today.row]?.[today.column];
  return (
    <section class="panel chosen" aria-label={t('title')}>
      <div class="row">
        {grid.limits.length > 1 && <Stepper what={t('limit')} text={limitText(grid.limits[at.row] ?? '')} isFirst={at.row === 0} isLast={at.row === grid.limits.length - 1}
                                           onStep={(by) => onChoose({ ...at, row: at.row + by })} />}
        {grid.sums.length > 1 && <Stepper what={t('amount')} text={sumText(grid.sums[at.column] ?? '')} isFirst={at.column === 0} isLast={at.column === grid.sums.length - 1}
                                         onStep={(by) => onChoose({ ...at, column: at.column + by })} />}
      </div>
      <StatRow label={t('title')}>
        <Stat name={t('kept')} value={percent(keptPpm(cell))} note={now && now !== cell ? `${t('today')} ${percent(keptPpm(now))}` : ''} />
        <Stat name={t('broken')} value={number(cell.breachedCount)} note={now && now !== cell ? `${t('today')} ${number(now.breachedCount)}` : ''} />
        <Stat name={t('cost')} value={sums(cell.owed)} note={difference(cell, now)} />
      </StatRow>
    </section>
  );
}

export function GridTable({ grid, at, today, onChoose }: { grid: Grid; at: Place; today: Place; onChoose: (at: Place) => void }) {
  const most = Math.max(1, ...grid.cells.flat().map(costOf));
  return (
    <section class="panel">
      <h2>{t('grid')}</h2>
      <p class="hint">{t('grid_says')}</p>
      <div class="scroll" tabIndex={0} role="region" aria-label={t('grid')}>
        <table class="grid">
          <caption class="unseen">{t('grid')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('limit')}</th><th scope="col" class="numeric">{t('kept')}</th>
              {grid.sums.map((sum) => <th key={sum} scope="col" class="numeric">{sumText(sum)}</th>)}
            </tr>
          </thead>
          <tbody>
            {grid.limits.map((limit, row) => (
              <tr key={limit}>
                <th scope="row" class="numeric">{limitText(limit)}</th>
                <td class="numeric">{percent(keptPpm(grid.cells[row]?.[0] ?? {}))}</td>
                {grid.cells[row]?.map((cell, column) => {
                  const isToday = row === today.row && column === today.column;
                  const isChosen = row === at.row && column === at.column;
                  return (
                    <td key={column} class={`numeric cost cost-${shade(costOf(cell) / most, 6)} ${isToday ? 'today' : ''} ${isChosen ? 'is-chosen' : ''}`}
                        onClick={() => onChoose({ row, column })}>
                      {sums(cell.owed)}{isToday && <small> {t('today')}</small>}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
