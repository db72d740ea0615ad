import { Controller, Post, UseGuards, UseInterceptors, mixin, type CanActivate } from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { memoryStorage } from 'multer';
import Database from 'better-sqlite3';

const database = new Database('local.db'); // planted

function OncePerUser() {
  const users = new Set<string>(); // planted
  class OncePerUserGuard implements CanActivate {
    canActivate(): boolean {
      users.add('somebody');
      return users.size < 10;
    }
  }
  return mixin(OncePerUserGuard);
}

@Controller('uploads')
export class UploadsController {
  @Post()
  @UseGuards(OncePerUser())
  @UseInterceptors(FileInterceptor('file', { storage: memoryStorage() })) // planted
  upload() {
    return database.prepare('select 1');
  }
}
