import { Injectable, type OnModuleInit } from '@nestjs/common';
import { remember } from './remember.js';

interface Cart {
  items: string[];
  total: number;
}

@Injectable()
export class CartsService implements OnModuleInit {
  private readonly carts = new Map<string, Cart>(); // planted
  private lastUser?: string; // planted
  private hits: Record<string, number> = {}; // planted
  private readonly recent: string[] = []; // planted
  readonly #tags = new Set<string>(); // planted
  private static instances = 0; // planted
  private readonly viaAlias = new Map<string, number>(); // planted
  private readonly viaHelper = new Map<string, number>(); // planted
  private readonly viaLoop = [{ name: 'a', uses: 0 }]; // planted
  private readonly viaBinding: string[] = []; // planted
  private readonly prices = new Map<string, number>();

  onModuleInit() {
    this.prices.set('book', 12);
  }

  cartOf(userId: string): Cart {
    this.lastUser = userId;
    CartsService.instances++;
    let cart = this.carts.get(userId);
    if (!cart) this.carts.set(userId, (cart = { items: [], total: 0 }));
    return cart;
  }

  add(userId: string, item: string): void {
    this.hits[userId] = (this.hits[userId] ?? 0) + 1;
    this.recent.push(item);
    this.#tags.add(item);
    const seen = this.viaAlias;
    seen.set(item, 1);
    remember(this.viaHelper, item);
    for (const entry of this.viaLoop) if (entry.name === item) entry.uses += 1;
    const { viaBinding } = this;
    viaBinding.push(item);
    this.cartOf(userId).items.push(item);
  }
}
