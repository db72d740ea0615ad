import { SoftState } from './soft-state.js';

@SoftState({ holds: 'the last secret', bound: 'one', maxAge: 'a minute', ifLost: 'it is read again' })
export class Secrets {
  private value?: string;

  start(): void {
    setInterval(() => (this.value = 'fresh'), 60_000).unref();
  }

  get(): string {
    return this.value ?? '';
  }
}

/** @softState holds=the started application; bound=one; maxAge=as long as the process; ifLost=a cold start */
let started: Promise<string> | undefined;

export const handler = async (): Promise<string> => (started ??= Promise.resolve('app'));
