// The filter's text field with its list of suggestions: arrows choose, Enter or Tab takes, Escape puts away; Enter on no
// suggestion applies the filter.
import { useEffect, useRef, useState } from 'preact/hooks';
import { accept, complete, type Completion, type Known, type Offer } from './completion';
import { t } from './breaches.messages';

interface Props {
  value: string;
  known: Known;
  onApply: (filter: string) => void;
  invalid: string;
}

const none: Completion = { from: 0, to: 0, offers: [] };

export function FilterBox({ value, known, onApply, invalid }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [applied, setApplied] = useState(value);
  const [offered, setOffered] = useState<Completion>(none);
  const [chosen, setChosen] = useState(-1);
  useEffect(() => document.getElementById(`offer-${chosen}`)?.scrollIntoView({ block: 'nearest' }), [chosen]);
  if (applied !== value) {
    setApplied(value);
    setText(value);
  }
  const put = (next: Completion) => {
    setOffered(next);
    setChosen(-1);
  };
  const offer = () => {
    const element = field.current;
    if (element) put(complete(element.value, element.selectionStart ?? element.value.length, known));
  };
  const take = (one: Offer) => {
    const element = field.current;
    if (!element) return;
    const next = accept(element.value, offered, one);
    setText(next.text);
    element.value = next.text;
    element.setSelectionRange(next.caret, next.caret);
    put(complete(next.text, next.caret, known));
    element.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    const { offers } = offered;
    const one = offers[chosen];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (offers.length === 0) return offer();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setChosen((chosen + step + offers.length + (chosen < 0 && step < 0 ? 1 : 0)) % offers.length);
    } else if ((event.key === 'Enter' || event.key === 'Tab') && one) {
      event.preventDefault();
      take(one);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      put(none);
      onApply(text.trim());
    } else if (event.key === 'Escape' && offers.length > 0) {
      event.preventDefault();
      put(none);
    }
  };
  const isOpen = offered.offers.length > 0;
  return (
    <div class="filter-box">
      <label for="filter">{t('filter')}</label>
      <input id="filter" ref={field} type="text" value={text} spellcheck={false} autocomplete="off" autocapitalize="off"
             role="combobox" aria-expanded={isOpen} aria-controls="filter-offers" aria-autocomplete="list"
             aria-activedescendant={chosen >= 0 ? `offer-${chosen}` : undefined} aria-describedby="filter-hint"
             aria-invalid={invalid !== '' || undefined}
             onInput={(event) => { setText(event.currentTarget.value); offer(); }}
             onFocus={offer} onClick={offer} onBlur={() => put(none)} onKeyDown={onKey} />
      <ul id="filter-offers" role="listbox" aria-label={t('offers')} hidden={!isOpen}>
        {offered.offers.map((one, i) => (
          <li key={one.text} id={`offer-${i}`} role="option" aria-selected={i === chosen} class={`offer-${one.kind}`}
              onMouseDown={(event) => { event.preventDefault(); take(one); }}>{one.text}</li>
        ))}
      </ul>
      <p id="filter-hint" class="hint">{invalid === '' ? t('filter_hint') : <span class="fault" role="alert">{invalid}</span>}</p>
    </div>
  );
}
