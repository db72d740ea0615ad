import { Injectable } from '@nestjs/common';
import { BaseStore } from './base-store.js';

class Presence {
  online = new Map<string, number>(); // planted
  touch(userId: string) {
    this.online.set(userId, Date.now());
  }
}

const presence = new Presence();

@Injectable()
export class SessionsService extends BaseStore<string> {
  private pending?: Promise<string>; // planted

  login(userId: string): void {
    presence.touch(userId);
    this.put(userId, 'session');
  }

  load(): Promise<string> {
    return (this.pending ??= Promise.resolve('once'));
  }

  static shared?: SessionsService; // planted
  static get(): SessionsService {
    return (SessionsService.shared ??= new SessionsService());
  }
}
