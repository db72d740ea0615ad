import { tmpdir } from 'node:os';
import { writeFile } from 'node:fs/promises';
import * as fs from 'node:fs';
import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { LRUCache } from 'lru-cache';
import memoize from 'lodash/memoize';
import PQueue from 'p-queue';
import { BehaviorSubject } from 'rxjs';

const load = memoize(async (id: string) => fetch(`https://example.com/${id}`)); // planted

@Injectable()
export class ReportsService {
  private readonly events = new EventEmitter(); // planted
  private readonly cache = new LRUCache<string, string>({ max: 100 }); // planted
  private readonly jobs = new PQueue({ concurrency: 1 }); // planted
  private readonly latest = new BehaviorSubject(''); // planted
  private timer: NodeJS.Timeout;
  private names: string[] = []; // planted

  constructor() {
    this.timer = setInterval(() => this.cache.clear(), 60_000); // planted
    this.timer.unref();
  }

  async onModuleInit(): Promise<void> {
    this.names = await Promise.resolve(['fetched once, never again']);
  }

  @Cron('0 * * * *') // planted
  async hourly(): Promise<void> {
    const folder = tmpdir(); // planted
    await writeFile(`${folder}/report.txt`, 'report'); // planted
    fs.mkdirSync(`${folder}/reports`); // planted
    this.latest.next('report');
  }

  later(id: string): void {
    setTimeout(() => void load(id), 5_000); // planted
    void this.jobs.add(() => load(id));
    this.events.emit('later', id);
  }
}
