import { NestFactory } from '@nestjs/core';
import session from 'express-session';
import RedisStore from 'connect-redis';
import { AppModule } from './app.module.js';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.use(session({ secret: 'x', store: new RedisStore({ client: 'redis' }) }));
  let draining = false;
  process.once('SIGTERM', () => {
    draining = true;
    setTimeout(() => process.exit(1), 10_000).unref();
    void app.close();
  });
  await app.listen(3000);
  console.log(draining);
}

void bootstrap();
