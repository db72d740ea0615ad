import { isJsonObject, type Json } from './json.js';

/** JSON Merge Patch (RFC 7396 §2): returns the patched value and leaves both arguments untouched. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const result = isJsonObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = mergePatch(result[name], value);
  }
  return result;
}
