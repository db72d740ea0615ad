import { NestFactory } from '@nestjs/core';
import session from 'express-session';
import rateLimit from 'express-rate-limit';
import { AppModule } from './app.module.js';
import { createQuota } from './quota.js';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  let served = 0; // planted
  app.use((_request: unknown, _response: unknown, next: () => void) => {
    served += 1;
    next();
  });
  app.use(session({ secret: 'keyboard cat', resave: false, saveUninitialized: false })); // planted
  app.use(rateLimit({ windowMs: 60_000, limit: 100 })); // planted
  app.use(createQuota(1_000));
  await app.listen(3000);
}

void bootstrap();
