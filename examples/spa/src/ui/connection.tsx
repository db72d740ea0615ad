import { useSyncExternalStore } from 'react';
import { useServices } from '../services';
import { useCountdown } from './problem-note';

const subscribe = (listener: () => void) => {
  addEventListener('online', listener);
  addEventListener('offline', listener);
  return () => {
    removeEventListener('online', listener);
    removeEventListener('offline', listener);
  };
};

export const useIsOnline = (): boolean => useSyncExternalStore(subscribe, () => navigator.onLine);

/** Says when the network is gone, and when the service has asked the app to slow down. */
export function Connection() {
  const { traffic } = useServices();
  const isOnline = useIsOnline();
  const { waiting } = useSyncExternalStore(traffic.subscribe, traffic.snapshot);
  const left = useCountdown(waiting?.seconds ?? 0, waiting);
  return (
    <div role="status" className="connection">
      {!isOnline && <p className="strip">You are offline. Nothing is lost: uploads and changes go on when you are back.</p>}
      {isOnline && left > 0 && <p className="strip">Too many requests at once: going on by itself in {left} s.</p>}
    </div>
  );
}
