import { useId, type ReactNode } from 'react';

interface FilePickerProps {
  label: string;
  children: ReactNode;
  onFiles: (files: File[]) => void;
  multiple?: boolean;
  className?: string;
}

/** A file input that looks like a button; it is the input itself that has the focus. */
export function FilePicker({ label, children, onFiles, multiple, className = 'button' }: FilePickerProps) {
  const id = useId();
  return (
    <span className="picker">
      <input
        id={id}
        type="file"
        className="picker-input"
        aria-label={label}
        multiple={multiple}
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])]);
          // The same file may be chosen again.
          target.value = '';
        }}
      />
      <label htmlFor={id} className={className} aria-hidden="true">
        {children}
      </label>
    </span>
  );
}
