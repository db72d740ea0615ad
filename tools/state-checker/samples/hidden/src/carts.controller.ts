import { Controller, Get, Param, Post } from '@nestjs/common';
import { CartsService } from './carts.service.js';
import { idempotencyKeys, settings } from './state.js';
import * as state from './state.js';
import { Cached } from './cached.decorator.js';

let requests = 0; // planted

@Controller('carts')
export class CartsController {
  currentUser = ''; // planted

  constructor(private readonly carts: CartsService) {}

  @Get(':id')
  @Cached()
  get(@Param('id') id: string) {
    requests++;
    this.currentUser = id;
    return this.carts.cartOf(id);
  }

  @Post(':id')
  add(@Param('id') id: string) {
    if (idempotencyKeys.has(id)) return;
    idempotencyKeys.add(id);
    settings.maintenance = true;
    state.queue.push(() => this.carts.add(id, 'book'));
    process.env['LAST_CART'] = id; // planted
    (globalThis as Record<string, unknown>)['lastCart'] = id; // planted
    return state.nextNumber();
  }
}
