import { useSyncExternalStore, type AnchorHTMLAttributes } from 'react';

const listeners = new Set<() => void>();
const tell = (): void => listeners.forEach((listener) => listener());
addEventListener('popstate', tell);

export function go(path: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  tell();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const usePath = (): string => useSyncExternalStore(subscribe, () => location.pathname);

export const useQuery = (): URLSearchParams => new URLSearchParams(useSyncExternalStore(subscribe, () => location.search));

/** A link within the app; the browser's own ways to open one (new tab, new window) stay. */
export const Link = ({ href, children, ...anchor }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) => (
  <a
    {...anchor}
    href={href}
    onClick={(event) => {
      if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      go(href);
    }}
  >
    {children}
  </a>
);
