import { Injectable } from '@nestjs/common';
import { SoftState } from '../common/soft-state.js';

/** Where the process is in its life. */
@SoftState({ holds: 'whether the task is draining', bound: 'one flag', maxAge: 'until the process ends', ifLost: 'nothing' })
@Injectable()
export class Lifecycle {
  private draining = false;

  get isDraining(): boolean {
    return this.draining;
  }

  drain(): void {
    this.draining = true;
  }
}
