import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SoftState } from '../common/soft-state.js';
import { Budget } from './budget.js';
import { ROUTE_CLASSES, type RouteClass } from './route-class.js';

interface InFlight {
  request: FastifyRequest;
  reply: FastifyReply;
  budget: Budget;
  /** When the client is answered whatever the work does. */
  answerAt: number;
  isRead: boolean;
  isOver: boolean;
}

/** What happens to requests that do not end by themselves. */
export interface Endings {
  /** The budget is over and nothing was answered. */
  late(request: FastifyRequest, reply: FastifyReply): void;
  /** The client left before it was answered. */
  left(request: FastifyRequest, reply: FastifyReply): void;
}

const LOOK_MS = 50;
/** The work has this long to end by itself once it was stopped. Milliseconds. */
const GRACE_MS = 100;
/** Work that goes on for a client that left is forgotten after that. Milliseconds. */
const FORGET_MS = 30_000;

/**
 * The requests that are being worked for. One timer looks after all of them: it ends their budgets, answers for work that does
 * not stop, and notices clients that have gone. That costs a request nothing but its place in a set.
 */
@SoftState({ holds: 'requests in flight and their budgets', bound: 'what the load shedder admits', maxAge: 'the longest budget, 10 s', ifLost: 'the requests are lost with it' })
@Injectable()
export class RequestsInFlight implements OnModuleDestroy {
  private readonly all = new Map<FastifyRequest, InFlight>();
  private readonly timer: NodeJS.Timeout;
  endings?: Endings;
  /** Answered for because their time was over, since the start of the process. */
  late = 0;

  constructor() {
    this.timer = setInterval(() => this.look(), LOOK_MS);
    this.timer.unref();
  }

  get count(): number {
    return this.all.size;
  }

  begin(request: FastifyRequest, reply: FastifyReply, routeClass: RouteClass): Budget {
    const { budgetMs } = ROUTE_CLASSES[routeClass];
    const budget = new Budget(budgetMs);
    if (request.span) budget.span = request.span;
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    this.all.set(request, { request, reply, budget, answerAt: budget.beganAt + budgetMs + GRACE_MS, isRead, isOver: false });
    return budget;
  }

  answered(request: FastifyRequest): void {
    this.all.delete(request);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    if (this.all.size === 0) return;
    const now = performance.now();
    for (const one of this.all.values()) this.lookAfter(one, now);
  }

  private lookAfter(one: InFlight, now: number): void {
    const { request, reply, budget } = one;
    if (budget.remainingMs() === 0) budget.end();
    if (request.raw.socket?.destroyed) return this.gone(one, now);
    // A reply that has begun is the client's own to judge: it cannot become another one.
    if (now < one.answerAt || reply.sent || reply.raw.headersSent) return;
    this.all.delete(request);
    this.late += 1;
    this.endings?.late(request, reply);
  }

  /** Nobody waits for a read any more. A change that was begun is finished. */
  private gone(one: InFlight, now: number): void {
    if (!one.isOver) {
      one.isOver = true;
      this.endings?.left(one.request, one.reply);
    }
    if (one.isRead) one.budget.end();
    if (one.isRead || one.reply.sent || now > one.answerAt + FORGET_MS) this.all.delete(one.request);
  }
}
