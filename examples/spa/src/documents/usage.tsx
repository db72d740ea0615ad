import { useQuery } from '@tanstack/react-query';
import { useServices } from '../services';
import { bytes, percent } from '../ui/format';
import { Meter } from '../ui/meter';

/** What of the user's room is taken. */
export function Usage() {
  const { reads } = useServices();
  const { data } = useQuery(reads.usage());
  if (!data) return <div className="usage" aria-hidden="true" />;
  const text = `${bytes(data.bytes)} of ${bytes(data.limits.bytes)} in ${data.documents} ${data.documents === 1 ? 'document' : 'documents'}`;
  return (
    <div className="usage">
      <Meter label="Room taken" percent={percent(data.bytes, data.limits.bytes)} text={text} />
      <span className="small quiet">{text}</span>
    </div>
  );
}
