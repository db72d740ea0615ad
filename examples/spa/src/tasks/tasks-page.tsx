import { useMutation } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { useServices } from '../services';
import { clock } from '../ui/format';
import { useSay } from '../ui/notices';
import { ProblemNote } from '../ui/problem-note';
import type { Attempt } from './traffic';

const BURST = 30;

/** Which task answered what, while tasks are killed and started: and what was lost. */
export function TasksPage() {
  const { client, traffic, config } = useServices();
  const { controlUrl } = config;
  const { latest, byTask, attempts, repeated, lost } = useSyncExternalStore(traffic.subscribe, traffic.snapshot);
  const burst = useMutation({
    mutationFn: async () => {
      for (let count = 0; count < BURST; count += 1) await client.documents.usage();
    },
  });
  const tasks = Object.entries(byTask).toSorted(([one], [other]) => one.localeCompare(other));
  return (
    <>
      <h1>Tasks</h1>
      <p className="lead">Any task can answer any request. Kill one while this page asks: the next answers, and nothing is lost.</p>
      <dl className="figures">
        <Figure name="Lost" value={lost} kind={lost === 0 ? 'good' : 'bad'} text={lost === 0 ? 'nothing' : undefined} />
        <Figure name="Requests" value={attempts} />
        <Figure name="Asked again" value={repeated} />
        <Figure name="Tasks seen" value={tasks.length} />
      </dl>
      <div className="actions">
        <button type="button" className="button button-main" onClick={() => burst.mutate()} disabled={burst.isPending}>
          {burst.isPending ? 'Asking…' : `Ask ${BURST} times`}
        </button>
      </div>
      {burst.error && <ProblemNote error={burst.error} onRetry={burst.mutate} />}
      {tasks.length > 0 ? (
        <ul className="tasks">
          {tasks.map(([task, count]) => (
            <li key={task} className={latest[0]?.task === task ? 'task task-last' : 'task'}>
              <span className="task-name">{task}</span>
              <span className="quiet small">{count} answers</span>
              {controlUrl && <Kill task={task} controlUrl={controlUrl} />}
            </li>
          ))}
        </ul>
      ) : (
        <p className="note">
          The answers do not say which task they come from. Run several: <code>npm run dev -- --replicas 3</code>
        </p>
      )}
      <h2>The last requests</h2>
      <div className="table" role="region" aria-label="The last requests" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Request</th>
              <th scope="col">Answer</th>
              <th scope="col">Task</th>
              <th scope="col">Took</th>
            </tr>
          </thead>
          <tbody>{latest.map((attempt) => <Row key={attempt.id} attempt={attempt} />)}</tbody>
        </table>
      </div>
    </>
  );
}

/** Ends a task without warning, as a host that dies would. */
function Kill({ task, controlUrl }: { task: string; controlUrl: string }) {
  const say = useSay();
  const { mutate, isPending } = useMutation({
    mutationFn: () => fetch(`${controlUrl}/tasks/${task.replace(/\D+/, '')}/kill`, { method: 'POST' }),
    onSuccess: () => say(`${task} was killed. It comes back by itself.`),
    onError: () => say(`${task} could not be killed: is npm run dev still there?`),
  });
  return (
    <button type="button" className="button button-danger" disabled={isPending} onClick={() => mutate()}>
      Kill {task}
    </button>
  );
}

const Figure = ({ name, value, kind = '', text }: { name: string; value: number; kind?: string; text?: string }) => (
  <div className={`figure ${kind && `figure-${kind}`}`}>
    <dt>{name}</dt>
    <dd>{text ?? value}</dd>
  </div>
);

function Row({ attempt: { at, method, path, status, task, ms } }: { attempt: Attempt }) {
  return (
    <tr>
      <td>{clock(at)}</td>
      <td>
        {method} {path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…')}
      </td>
      <td className={status === undefined || status >= 500 ? 'bad' : ''}>{status ?? 'none: asked again'}</td>
      <td>{task ?? '–'}</td>
      <td>{Math.round(ms)} ms</td>
    </tr>
  );
}
