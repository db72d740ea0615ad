import { SoftState } from '../common/soft-state.js';

/** Something that was asked and is to fail unless it is settled in time. */
export interface Waiting {
  settled: boolean;
  expire(): void;
}

/**
 * One deadline for all that is asked in a turn of the event loop, because it leaves in one packet. It begins when that turn has
 * ended: what a busy task does before it comes to send is not the server's fault.
 */
@SoftState({ holds: 'what waits for an answer', bound: 'the requests in flight', maxAge: 'the deadline: 50 ms', ifLost: 'nothing: the requests are lost with it' })
export class Deadlines {
  private turn?: Waiting[];

  constructor(private readonly ms: number) {}

  add(waiting: Waiting): void {
    if (this.turn) return void this.turn.push(waiting);
    this.turn = [waiting];
    setImmediate(() => this.begin());
  }

  private begin(): void {
    const { turn = [] } = this;
    this.turn = undefined;
    // A busy event loop runs timers before it looks at the socket: an answer that is there already counts.
    const expire = () => turn.forEach((waiting) => waiting.settled || waiting.expire());
    setTimeout(() => turn.some(({ settled }) => !settled) && setImmediate(expire), this.ms).unref();
  }
}
