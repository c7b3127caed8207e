// Parts of one page, one shown at a time; which one is in the address, so they are links.
import { Link, path, query } from '../route';

interface TabsProps {
  label: string;
  /** Name in the query. */
  name?: string;
  tabs: readonly (readonly [key: string, words: string])[];
  /** The chosen key. */
  value: string;
}

export function Tabs({ label, name = 'tab', tabs, value }: TabsProps) {
  const hrefOf = (key: string) => {
    const next = new URLSearchParams(query.value);
    if (key === tabs[0]?.[0]) next.delete(name);
    else next.set(name, key);
    const text = next.toString();
    return path.value + (text ? `?${text}` : '');
  };
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(([key, words]) => <Link key={key} href={hrefOf(key)} current={key === value}>{words}</Link>)}
    </nav>
  );
}
