import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';

interface Notice {
  id: number;
  text: string;
  undo?: () => void;
}

interface NoticeBoard {
  notices: Notice[];
  say: (text: string, undo?: () => void) => void;
  drop: (id: number) => void;
  /** How many dialogs are open, one above the other. */
  depth: number;
  /** A dialog opens; call the result when it closes. */
  cover: () => () => void;
}

const NoticesContext = createContext<NoticeBoard | undefined>(undefined);
const SHOWN_MS = 8_000;
let next = 1;

function useBoard(): NoticeBoard {
  const board = use(NoticesContext);
  if (!board) throw new Error('There is no place for notices here.');
  return board;
}

/** Tells what was done, to eyes and to screen readers, and offers to undo it. */
export const useSay = (): NoticeBoard['say'] => useBoard().say;

export function Notices({ children }: { children: ReactNode }) {
  const [notices, setNotices] = useState<Notice[]>([]);
  const [depth, setDepth] = useState(0);
  const drop = useCallback((id: number) => setNotices((all) => all.filter((notice) => notice.id !== id)), []);
  const say = useCallback(
    (text: string, undo?: () => void) => {
      const id = next++;
      setNotices((all) => [...all.slice(-2), { id, text, undo }]);
      setTimeout(() => drop(id), SHOWN_MS);
    },
    [drop],
  );
  const cover = useCallback(() => {
    setDepth((count) => count + 1);
    return () => setDepth((count) => count - 1);
  }, []);
  const board = useMemo(() => ({ notices, say, drop, depth, cover }), [notices, say, drop, depth, cover]);
  return (
    <NoticesContext value={board}>
      {children}
      <NoticeList isOnTop={depth === 0} />
    </NoticesContext>
  );
}

/** A modal dialog hides what is behind it, from screen readers, too: the topmost one shows the notices itself. */
export function NoticesAbove() {
  const { cover, depth } = useBoard();
  const [level] = useState(depth + 1);
  useEffect(() => cover(), [cover]);
  return <NoticeList isOnTop={depth === level} />;
}

function NoticeList({ isOnTop }: { isOnTop: boolean }) {
  const { notices, drop } = useBoard();
  return (
    <div className="notices" role="status">
      {isOnTop &&
        notices.map(({ id, text, undo }) => (
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
  );
}
