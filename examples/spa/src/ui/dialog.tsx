import { useEffect, useId, useRef, type ReactNode } from 'react';
import { NoticesAbove } from './notices';

interface DialogProps {
  title: string;
  /** Left out where there is a choice to be made first. */
  onClose?: () => void;
  children: ReactNode;
  isWide?: boolean;
}

/** A modal dialog of the platform: it keeps the focus, closes on Escape, and gives the focus back. */
export function Dialog({ title, onClose, children, isWide }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    const opener = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} className={isWide ? 'dialog dialog-wide' : 'dialog'} aria-labelledby={heading} onCancel={(event) => {
      event.preventDefault();
      onClose?.();
    }}>
      <header className="dialog-head">
        <h2 id={heading}>{title}</h2>
        {onClose && (
          <button type="button" className="button button-plain" onClick={onClose}>
            Close
          </button>
        )}
      </header>
      {children}
      <NoticesAbove />
    </dialog>
  );
}
