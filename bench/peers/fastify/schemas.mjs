// What Fastify validates and serialises with.
const text = { type: 'string' };
const profileFields = {
  displayName: { type: 'string', minLength: 1, maxLength: 100 }, givenName: text, familyName: text, email: { type: 'string', maxLength: 254 },
  locale: text, timeZone: text, bio: { type: 'string', maxLength: 1_000 }, preferences: { type: 'object', additionalProperties: true }, avatarDocumentId: text,
};
const object = (properties, required = []) => ({ type: 'object', properties, required, additionalProperties: false });

export const profileInput = object(profileFields, ['displayName']);
export const profilePatch = object(profileFields);
export const profile = object({ userId: text, ...profileFields, version: { type: 'integer' }, createdAt: text, updatedAt: text });
export const documentInput = object({ name: { type: 'string', minLength: 1, maxLength: 255 }, contentType: { type: 'string', maxLength: 255 }, size: { type: 'integer', minimum: 0 } }, ['name', 'contentType', 'size']);
export const document = object({
  id: text, name: text, contentType: text, size: { type: 'integer' }, checksumSha256: text, folder: text, tags: { type: 'array', items: text },
  status: text, version: { type: 'integer' }, createdAt: text, updatedAt: text,
});
export const documentPage = object({ items: { type: 'array', items: document }, nextCursor: text });
