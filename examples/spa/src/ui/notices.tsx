import { createContext, use, useCallback, useState, type ReactNode } from 'react';

interface Notice {
  id: number;
  text: string;
  undo?: () => void;
}

type Say = (text: string, undo?: () => void) => void;
const NoticesContext = createContext<Say>(() => {});
const SHOWN_MS = 8_000;
let next = 1;

/** Tells what was done, to eyes and to screen readers, and offers to undo it. */
export const useSay = (): Say => use(NoticesContext);

export function Notices({ children }: { children: ReactNode }) {
  const [notices, setNotices] = useState<Notice[]>([]);
  const drop = useCallback((id: number) => setNotices((all) => all.filter((notice) => notice.id !== id)), []);
  const say: Say = useCallback(
    (text, undo) => {
      const id = next++;
      setNotices((all) => [...all.slice(-2), { id, text, undo }]);
      setTimeout(() => drop(id), SHOWN_MS);
    },
    [drop],
  );
  return (
    <NoticesContext value={say}>
      {children}
      <div className="notices" role="status">
        {notices.map(({ id, text, undo }) => (
          <div key={id} className="notice">
            <span>{text}</span>
            {undo && (
              <button type="button" className="button button-plain" onClick={() => (undo(), drop(id))}>
                Undo
              </button>
            )}
          </div>
        ))}
      </div>
    </NoticesContext>
  );
}
