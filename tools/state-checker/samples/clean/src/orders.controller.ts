import { Body, Controller, Post, Req } from '@nestjs/common';
import { OrdersService } from './orders.service.js';
import { makeNumbering } from './numbering.js';

@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Post()
  async place(@Body() items: string[], @Req() request: { user?: string; headers: Map<string, string> }) {
    request.user = 'somebody';
    request.headers.set('x-seen', 'yes');
    const next = makeNumbering();
    const order = await this.orders.place(items.map((item) => `${next()}-${item}`));
    return { ...order.toJSON(), sorted: [...items].sort() };
  }
}
