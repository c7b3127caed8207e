// Buttons, and links that look like one.
import type { ComponentChildren, JSX } from 'preact';
import { Link } from '../route';

type Kind = 'plain' | 'primary' | 'danger' | 'quiet';

interface ButtonProps extends Omit<JSX.HTMLAttributes<HTMLButtonElement>, 'size'> {
  kind?: Kind;
  type?: 'button' | 'submit';
  disabled?: boolean;
  children?: ComponentChildren;
}

/** `kind="primary"` once a page at most; `danger` for what cannot be taken back. */
export function Button({ kind = 'plain', type = 'button', children, ...rest }: ButtonProps) {
  return <button {...rest} type={type} class={`button ${kind} ${rest.class ?? ''}`}>{children}</button>;
}

/** Goes somewhere, so it is a link. `download` leaves it to the browser. */
export function ButtonLink({ href, kind = 'plain', download, children }: { href: string; kind?: Kind; download?: boolean; children?: ComponentChildren }) {
  if (download) return <a class={`button ${kind}`} href={href} download>{children}</a>;
  return <Link class={`button ${kind}`} href={href}>{children}</Link>;
}
