import { Injectable } from '@nestjs/common';
import { SoftState } from '../common/soft-state.js';

/**
 * Work that holds the event loop for milliseconds: one piece of it in each turn of the loop, after all that arrived meanwhile was
 * looked at. So a short request, and a refusal, waits for one piece and not for those of everybody.
 */
@SoftState({ holds: 'requests that wait to do long work', bound: 'what the load shedder admits', maxAge: 'the longest budget, 10 s', ifLost: 'nothing: the requests are lost with it' })
@Injectable()
export class LoopTurns {
  private readonly queue: (() => void)[] = [];

  get waiting(): number {
    return this.queue.length;
  }

  /** Resolves when the turn is the caller's. What it does before it awaits anything else is the piece. */
  take(): Promise<void> {
    return new Promise((resolve) => {
      if (this.queue.push(resolve) === 1) setImmediate(this.begin);
    });
  }

  private readonly begin = (): void => {
    this.queue.shift()?.();
    // Runs in the next turn.
    if (this.queue.length > 0) setImmediate(this.begin);
  };
}
