// A question that wants an answer before anything else: the browser's own modal dialog, which keeps the focus within.
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from './ui.messages';

interface DialogProps {
  title: string;
  onClose: () => void;
  /** With it the content is a form: Enter sends it. */
  onSubmit?: () => void;
  /** The buttons; a submit button among them where there is `onSubmit`. "Cancel" is added. */
  actions?: ComponentChildren;
  children?: ComponentChildren;
}

/** Open for as long as it is rendered. Escape closes it; the focus goes back to where it was. */
export function Dialog({ title, onClose, onSubmit, actions, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  // WHY: laid out at once, so that the first key after opening it goes into it.
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  const send = (event: Event) => {
    event.preventDefault();
    onSubmit?.();
  };
  return (
    <dialog ref={element} aria-labelledby={id} onCancel={(event) => { event.preventDefault(); onClose(); }}>
      <form onSubmit={send}>
        <h2 id={id}>{title}</h2>
        {children}
        <div class="actions">
          {actions}
          <button type="button" class="button plain" onClick={onClose}>{onSubmit ? t('cancel') : t('close')}</button>
        </div>
      </form>
    </dialog>
  );
}
