// Filters and buttons above what they act on.
import type { ComponentChildren } from 'preact';

export function Toolbar({ label, children, onSubmit }: { label: string; children: ComponentChildren; onSubmit?: () => void }) {
  const send = (event: Event) => {
    event.preventDefault();
    onSubmit?.();
  };
  return <form class="toolbar" aria-label={label} onSubmit={send}>{children}</form>;
}
