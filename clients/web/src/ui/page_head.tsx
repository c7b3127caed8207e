// The page's name: heading, window title, and where the focus goes when the page is opened.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

let isFirst = true;

export function PageHead({ title, children }: { title: string; children?: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – Lupaus`;
  }, [title]);
  useEffect(() => {
    // WHY: a page that was just loaded begins at its top, one that was gone to begins at its heading.
    if (!isFirst) heading.current?.focus();
    isFirst = false;
  }, []);
  return <header class="page-head"><h1 ref={heading} tabIndex={-1}>{title}</h1>{children}</header>;
}
