import { useId, type InputHTMLAttributes, type TextareaHTMLAttributes } from 'react';

interface FieldProps {
  label: string;
  hint?: string;
  error?: string;
}

type InputProps = FieldProps & { multiline?: false } & InputHTMLAttributes<HTMLInputElement>;
type AreaProps = FieldProps & { multiline: true } & TextareaHTMLAttributes<HTMLTextAreaElement>;

/** A labelled input with its hint and its error tied to it. */
export function Field({ label, hint, error, multiline, ...input }: InputProps | AreaProps) {
  const id = useId();
  const shared = { id, 'aria-invalid': error !== undefined, 'aria-describedby': hint || error ? `${id}-hint` : undefined };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {multiline ? (
        <textarea {...shared} {...(input as TextareaHTMLAttributes<HTMLTextAreaElement>)} />
      ) : (
        <input {...shared} {...(input as InputHTMLAttributes<HTMLInputElement>)} />
      )}
      {(error ?? hint) && (
        <p id={`${id}-hint`} className={error ? 'hint hint-error' : 'hint'}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}
