// The service as the framework's own documentation teaches it: Express, passport-jwt with jwks-rsa, the throttler's guard,
// cache-manager over Redis, class-validator, the SDK's presigner.
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateMultipartUploadCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import KeyvRedis from '@keyv/redis';
import { CACHE_MANAGER, CacheModule } from '@nestjs/cache-manager';
import {
  Body, ConflictException, Controller, Get, Headers, HttpCode, Inject, Injectable, Module, NotFoundException, Param, Patch, Post, PreconditionFailedException, Put, Query, Req, Res,
  UnprocessableEntityException, UseGuards, ValidationPipe,
} from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { ArrayMaxSize, IsArray, IsInt, IsObject, IsOptional, IsString, MaxLength, Min, MinLength } from 'class-validator';
import { passportJwtSecret } from 'jwks-rsa';
import { ExtractJwt, Strategy } from 'passport-jwt';

const PART = 64 * 2 ** 20;

class ProfileFields {
  @IsOptional() @IsString() @MaxLength(100) givenName?: string;
  @IsOptional() @IsString() @MaxLength(100) familyName?: string;
  @IsOptional() @IsString() @MaxLength(254) email?: string;
  @IsOptional() @IsString() locale?: string;
  @IsOptional() @IsString() timeZone?: string;
  @IsOptional() @IsString() @MaxLength(1_000) bio?: string;
  @IsOptional() @IsObject() preferences?: object;
}
class ProfileDto extends ProfileFields {
  @IsString() @MinLength(1) @MaxLength(100) displayName!: string;
}
class ProfilePatchDto extends ProfileFields {
  @IsOptional() @IsString() @MinLength(1) @MaxLength(100) displayName?: string;
}
class DocumentDto {
  @IsString() @MinLength(1) @MaxLength(255) name!: string;
  @IsString() @MaxLength(255) contentType!: string;
  @IsInt() @Min(0) size!: number;
}
class PartsDto {
  @IsArray() @ArrayMaxSize(1_000) partNumbers!: number[];
}

@Injectable()
class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(@Inject(ConfigService) private readonly config: ConfigService) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      issuer: config.get('COGNITO_ISSUER'),
      algorithms: ['RS256'],
      secretOrKeyProvider: passportJwtSecret({ cache: true, rateLimit: true, jwksRequestsPerMinute: 5, jwksUri: config.get('COGNITO_JWKS_URI')! }) as never,
    });
  }

  validate(payload: { sub: string; token_use: string; client_id: string }) {
    if (payload.token_use !== 'access' || payload.client_id !== this.config.get('COGNITO_CLIENT_ID')) return false;
    return { userId: payload.sub };
  }
}

interface Cache {
  get<T>(key: string): Promise<T | undefined>;
  set(key: string, value: unknown, ttl?: number): Promise<unknown>;
  del(key: string): Promise<unknown>;
}
type Item = Record<string, any>;
type Request = { user: { userId: string } };
type Reply = { setHeader(name: string, value: string): void; status(code: number): void };

@Injectable()
class ProfilesService {
  private readonly table: string;
  constructor(@Inject(DynamoDBDocumentClient) private readonly db: DynamoDBDocumentClient, @Inject(CACHE_MANAGER) private readonly cache: Cache, @Inject(ConfigService) config: ConfigService) {
    this.table = config.get('PROFILES_TABLE')!;
  }
  async get(userId: string): Promise<Item> {
    const cached = await this.cache.get<Item>(`profile:${userId}`);
    if (cached) return cached;
    const { Item } = await this.db.send(new GetCommand({ TableName: this.table, Key: { userId }, ConsistentRead: true }));
    if (!Item) throw new NotFoundException();
    await this.cache.set(`profile:${userId}`, Item, 300_000);
    return Item;
  }
  async put(userId: string, input: ProfileDto): Promise<Item> {
    const now = new Date().toISOString();
    const item = { userId, ...input, version: 1, createdAt: now, updatedAt: now };
    await this.db.send(new PutCommand({ TableName: this.table, Item: item }));
    await this.cache.del(`profile:${userId}`);
    return item;
  }
  async patch(userId: string, patch: ProfilePatchDto, ifMatch?: string): Promise<Item> {
    const current = await this.get(userId);
    if (ifMatch !== `"${current['version']}"`) throw new PreconditionFailedException();
    const next = { ...current, ...patch, version: current['version'] + 1, updatedAt: new Date().toISOString() };
    await this.db.send(new PutCommand({ TableName: this.table, Item: next, ConditionExpression: 'version = :v', ExpressionAttributeValues: { ':v': current['version'] } }));
    await this.cache.del(`profile:${userId}`);
    return next;
  }
}

@UseGuards(AuthGuard('jwt'))
@Controller('v1/profiles')
class ProfilesController {
  constructor(@Inject(ProfilesService) private readonly profiles: ProfilesService) {}
  @Get('me')
  async mine(@Req() request: Request, @Headers('if-none-match') ifNoneMatch: string | undefined, @Res({ passthrough: true }) reply: Reply) {
    const profile = await this.profiles.get(request.user.userId);
    const etag = `"${profile['version']}"`;
    reply.setHeader('etag', etag);
    if (ifNoneMatch === etag) return void reply.status(304);
    return profile;
  }
  @Put('me')
  @HttpCode(201)
  async put(@Req() request: Request, @Body() input: ProfileDto, @Res({ passthrough: true }) reply: Reply) {
    const profile = await this.profiles.put(request.user.userId, input);
    reply.setHeader('etag', `"${profile['version']}"`);
    return profile;
  }
  @Patch('me')
  async patch(@Req() request: Request, @Body() patch: ProfilePatchDto, @Headers('if-match') ifMatch: string | undefined, @Res({ passthrough: true }) reply: Reply) {
    const profile = await this.profiles.patch(request.user.userId, patch, ifMatch);
    reply.setHeader('etag', `"${profile['version']}"`);
    return profile;
  }
}

const shown = ({ pk: _pk, sk: _sk, liveId: _live, uploadId: _upload, ...item }: Item): Item => item;

@Injectable()
class DocumentsService {
  private readonly table: string;
  private readonly bucket: string;
  constructor(@Inject(DynamoDBDocumentClient) private readonly db: DynamoDBDocumentClient, @Inject(S3Client) private readonly s3: S3Client, @Inject(ConfigService) config: ConfigService) {
    this.table = config.get('DOCUMENTS_TABLE')!;
    this.bucket = config.get('DOCUMENTS_BUCKET')!;
  }
  private key = (userId: string, id: string) => ({ pk: userId, sk: `D#${id}` });
  private object = (userId: string, id: string) => ({ Bucket: this.bucket, Key: `documents/${userId}/${id}/1` });

  async find(userId: string, id: string): Promise<Item> {
    const { Item } = await this.db.send(new GetCommand({ TableName: this.table, Key: this.key(userId, id), ConsistentRead: true }));
    if (!Item) throw new NotFoundException();
    return Item;
  }
  async create(userId: string, { name, contentType, size }: DocumentDto) {
    const id = randomUUID();
    const now = new Date().toISOString();
    const isSingle = size <= PART;
    const { UploadId: uploadId } = isSingle ? {} : await this.s3.send(new CreateMultipartUploadCommand({ ...this.object(userId, id), ContentType: contentType }));
    const item = { ...this.key(userId, id), liveId: id, id, name, contentType, size, tags: [], status: 'pending', version: 1, createdAt: now, updatedAt: now, uploadId };
    await this.db.send(new TransactWriteCommand({ TransactItems: [
      { Put: { TableName: this.table, Item: item, ConditionExpression: 'attribute_not_exists(pk)' } },
      { Update: { TableName: this.table, Key: { pk: userId, sk: 'USAGE' }, UpdateExpression: 'ADD pendingUploads :one', ExpressionAttributeValues: { ':one': 1 } } },
    ] }));
    if (!isSingle) return { document: shown(item), upload: { strategy: 'multipart', partSize: PART, partCount: Math.ceil(size / PART) } };
    const command = new PutObjectCommand({ ...this.object(userId, id), ContentType: contentType, ContentLength: size, IfNoneMatch: '*' });
    const url = await getSignedUrl(this.s3, command, { expiresIn: 900, signableHeaders: new Set(['content-type', 'content-length', 'if-none-match']), unhoistableHeaders: new Set(['if-none-match']) });
    return { document: shown(item), upload: { strategy: 'single', method: 'PUT', url, headers: { 'content-type': contentType, 'if-none-match': '*' } } };
  }
  async complete(userId: string, id: string) {
    const item = await this.find(userId, id);
    const head = await this.s3.send(new HeadObjectCommand(this.object(userId, id)));
    if (head.ContentLength !== item['size']) throw new UnprocessableEntityException();
    const { Attributes } = await this.db.send(new UpdateCommand({ TableName: this.table, Key: this.key(userId, id), UpdateExpression: 'SET #s = :ready ADD version :one', ExpressionAttributeNames: { '#s': 'status' }, ExpressionAttributeValues: { ':ready': 'ready', ':one': 1 }, ReturnValues: 'ALL_NEW' }));
    return shown(Attributes!);
  }
  async list(userId: string, limit: number) {
    const { Items = [] } = await this.db.send(new QueryCommand({
      TableName: this.table, IndexName: 'live', KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': userId }, ScanIndexForward: false, Limit: limit,
    }));
    return { items: Items.map(shown) };
  }
  async download(userId: string, id: string) {
    const item = await this.find(userId, id);
    if (item['status'] !== 'ready') throw new ConflictException();
    const command = new GetObjectCommand({ ...this.object(userId, id), ResponseContentType: item['contentType'], ResponseContentDisposition: `attachment; filename*=UTF-8''${encodeURIComponent(item['name'])}` });
    return { url: await getSignedUrl(this.s3, command, { expiresIn: 300 }), expiresAt: new Date(Date.now() + 300_000).toISOString() };
  }
  async parts(userId: string, id: string, partNumbers: number[]) {
    const item = await this.find(userId, id);
    const parts = partNumbers.map(async (partNumber) => {
      const command = new UploadPartCommand({ ...this.object(userId, id), UploadId: item['uploadId'], PartNumber: partNumber });
      return { partNumber, url: await getSignedUrl(this.s3, command, { expiresIn: 900 }), headers: {} };
    });
    return { parts: await Promise.all(parts) };
  }
}

@UseGuards(AuthGuard('jwt'))
@Controller('v1/documents')
class DocumentsController {
  constructor(@Inject(DocumentsService) private readonly documents: DocumentsService) {}
  @Post()
  create(@Req() { user }: Request, @Body() input: DocumentDto) {
    return this.documents.create(user.userId, input);
  }
  @Get()
  list(@Req() { user }: Request, @Query('limit') limit = '50') {
    return this.documents.list(user.userId, Number(limit));
  }
  @Post(':id/upload/complete')
  @HttpCode(200)
  complete(@Req() { user }: Request, @Param('id') id: string) {
    return this.documents.complete(user.userId, id);
  }
  @Get(':id/download')
  download(@Req() { user }: Request, @Param('id') id: string) {
    return this.documents.download(user.userId, id);
  }
  @Post(':id/upload/parts')
  @HttpCode(200)
  parts(@Req() { user }: Request, @Param('id') id: string, @Body() { partNumbers }: PartsDto) {
    return this.documents.parts(user.userId, id, partNumbers);
  }
}

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true }),
    PassportModule,
    ThrottlerModule.forRoot([{ ttl: 60_000, limit: 10_000_000 }]),
    CacheModule.registerAsync({ isGlobal: true, inject: [ConfigService], useFactory: (config: ConfigService) => ({ stores: [new KeyvRedis(config.get('CACHE_URL'), { namespace: 'textbook' })] }) }),
  ],
  controllers: [ProfilesController, DocumentsController],
  providers: [
    JwtStrategy,
    ProfilesService,
    DocumentsService,
    { provide: APP_GUARD, useClass: ThrottlerGuard },
    { provide: DynamoDBDocumentClient, inject: [ConfigService], useFactory: (config: ConfigService) => DynamoDBDocumentClient.from(new DynamoDBClient({ region: config.get('AWS_REGION') }), { marshallOptions: { removeUndefinedValues: true } }) },
    { provide: S3Client, inject: [ConfigService], useFactory: (config: ConfigService) => new S3Client({ region: config.get('AWS_REGION'), forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' }) },
  ],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));
app.enableShutdownHooks();
await app.listen(Number(process.env['PORT']), '127.0.0.1');
