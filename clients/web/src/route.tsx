// Where in the console we are: the address bar as signals, links that do not load the page anew.
import { computed, signal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';

const at = signal(location.pathname + location.search);

/** "/tickets/helsinki-1/A017", percent-encoded as in the address bar. */
export const path = computed(() => at.value.split('?')[0] ?? '/');
/** What stands behind the "?". */
export const query = computed(() => new URLSearchParams(at.value.split('?')[1] ?? ''));

window.addEventListener('popstate', () => {
  at.value = location.pathname + location.search;
});

/** Goes to another page of the console; `replace` leaves no step to come back to. */
export function go(href: string, replace = false): void {
  if (href === at.value) return;
  const samePage = href.split('?')[0] === path.value;
  history[replace ? 'replaceState' : 'pushState'](null, '', href);
  at.value = href;
  if (!samePage) window.scrollTo(0, 0);
}

/** Changes parts of the query: undefined and '' take one away. It replaces the step, so that "back" leaves the page. */
export function setQuery(patch: Record<string, string | undefined>, push = false): void {
  const next = new URLSearchParams(query.value);
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined || value === '') next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  go(path.value + (text ? `?${text}` : ''), !push);
}

/** The ticket's page: its proof. */
export function ticketHref(branch = '', ticket = ''): string {
  return `/tickets/${encodeURIComponent(branch)}/${encodeURIComponent(ticket)}`;
}

/** One compensation's page. */
export function payoutHref(id = ''): string {
  return `/payouts/${encodeURIComponent(id)}`;
}

/** The values of `/tickets/:branch/:ticket` in an address path, or null where it is another page. */
export function matchPath(pattern: string, address: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const parts = address.split('/');
  if (wanted.length !== parts.length) return null;
  const values: Record<string, string> = {};
  for (const [i, name] of wanted.entries()) {
    const part = parts[i] ?? '';
    if (name.startsWith(':')) {
      if (!part) return null;
      try {
        values[name.slice(1)] = decodeURIComponent(part);
      } catch {
        return null;
      }
    } else if (name !== part) {
      return null;
    }
  }
  return values;
}

interface LinkProps extends Omit<JSX.HTMLAttributes<HTMLAnchorElement>, 'href'> {
  href: string;
  current?: boolean;
  children?: ComponentChildren;
}

/** A link within the console; with a modifier key it behaves as any other. */
export function Link({ href, current, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(href);
  };
  return <a {...rest} href={href} onClick={follow} aria-current={current ? 'page' : undefined}>{children}</a>;
}
