// Labelled inputs. Hints and faults are tied to the input, so that they are read out with it.
import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { ApiError } from '../api';
import { t } from './ui.messages';

interface FieldProps {
  label: string;
  hint?: string | undefined;
  /** What is wrong with it; `faultOf(error, 'reason')` finds it in a refusal. */
  fault?: string | undefined;
  required?: boolean;
  /** Hides the label from sight, not from screen readers. */
  bare?: boolean;
  children: (ids: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean | undefined }) => ComponentChildren;
}

/** The sentence that a refusal says about one field. */
export function faultOf(error: ApiError | undefined, field: string): string | undefined {
  return error?.fields.find((one) => one.field === field)?.message;
}

/** Any input with its label: `<Field label="Reason">{(ids) => <input {...ids} />}</Field>`. */
export function Field({ label, hint, fault, required, bare, children }: FieldProps) {
  const id = useId();
  const about = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ') || undefined;
  return (
    <div class="field">
      <label for={id} class={bare ? 'unseen' : undefined}>{label}{required && <span class="faint"> ({t('required')})</span>}</label>
      {children({ id, 'aria-describedby': about, 'aria-invalid': fault ? true : undefined })}
      {hint && <p id={`${id}-hint`} class="hint">{hint}</p>}
      {fault && <p id={`${id}-fault`} class="fault">✕ {fault}</p>}
    </div>
  );
}

type Shared = Omit<FieldProps, 'children'> & { value: string; onChange: (value: string) => void; name?: string };

export function TextInput({ value, onChange, type = 'text', list, autoFocus, placeholder, maxLength, ...field }:
  Shared & { type?: string; list?: string; autoFocus?: boolean; placeholder?: string; maxLength?: number }) {
  return (
    <Field {...field}>
      {(ids) => <input {...ids} type={type} name={field.name} list={list} value={value} required={field.required} autoFocus={autoFocus}
        placeholder={placeholder} maxLength={maxLength} autoComplete="off" onInput={(event) => onChange(event.currentTarget.value)} />}
    </Field>
  );
}

export function TextArea({ value, onChange, rows = 3, autoFocus, ...field }: Shared & { rows?: number; autoFocus?: boolean }) {
  return (
    <Field {...field}>
      {(ids) => <textarea {...ids} name={field.name} rows={rows} required={field.required} autoFocus={autoFocus} value={value}
        onInput={(event) => onChange(event.currentTarget.value)} />}
    </Field>
  );
}

export function Select({ value, onChange, options, ...field }: Shared & { options: readonly (readonly [value: string, words: string])[] }) {
  return (
    <Field {...field}>
      {(ids) => (
        <select {...ids} name={field.name} value={value} onChange={(event: JSX.TargetedEvent<HTMLSelectElement>) => onChange(event.currentTarget.value)}>
          {options.map(([option, words]) => <option key={option} value={option}>{words}</option>)}
        </select>
      )}
    </Field>
  );
}

/** A box to tick. */
export function Choice({ label, checked, onChange }: { label: string; checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <label class="choice">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}
