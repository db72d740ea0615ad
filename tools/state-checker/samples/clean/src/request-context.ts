import { Injectable, Scope } from '@nestjs/common';

/** One per request: what it remembers goes with the request. */
@Injectable({ scope: Scope.REQUEST })
export class RequestContext {
  private userId = '';
  private readonly notes: string[] = [];

  enter(userId: string): void {
    this.userId = userId;
    this.notes.push(`user ${this.userId}`);
  }
}
