// Asks why before something is done that is kept on record.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { requestId } from '../api';
import { useChange } from '../load';
import { Button } from './button';
import { Dialog } from './dialog';
import { faultOf, TextArea } from './field';
import { ErrorBox } from './notice';
import { t } from './ui.messages';

interface ReasonDialogProps<Answer> {
  title: string;
  /** What follows from it. */
  text?: ComponentChildren;
  /** The button's word. */
  verb: string;
  kind?: 'primary' | 'danger';
  /** The server takes it without a reason too. */
  isOptional?: boolean;
  /** More inputs above the reason; `isReady` false keeps the button shut. */
  children?: ComponentChildren;
  isReady?: boolean;
  /** The change; one request id for as long as the dialog is open, so that trying again is harmless. */
  send: (reason: string, requestId: string) => Promise<Answer>;
  onClose: () => void;
  onDone: (answer: Answer) => void;
}

export function ReasonDialog<Answer>({ title, text, verb, kind = 'primary', isOptional, children, isReady = true, send, onClose, onDone }: ReasonDialogProps<Answer>) {
  const [reason, setReason] = useState('');
  const [request] = useState(requestId);
  const { run, error, isRunning } = useChange();
  const submit = async () => {
    await run(async () => {
      onDone(await send(reason.trim(), request));
      onClose();
    });
  };
  const isShut = isRunning || !isReady || (!isOptional && !reason.trim());
  return (
    <Dialog title={title} onClose={onClose} onSubmit={() => void submit()} actions={<Button kind={kind} type="submit" disabled={isShut}>{verb}</Button>}>
      {text && <p>{text}</p>}
      {children}
      <TextArea label={t('reason')} name="reason" value={reason} onChange={setReason} fault={faultOf(error, 'reason')} required={!isOptional} autoFocus={!children} />
      <ErrorBox error={error} />
    </Dialog>
  );
}
