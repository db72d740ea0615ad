/** Both changed it, and not to the same. */
export interface Collision<T> {
  field: keyof T & string;
  mine: T[keyof T];
  theirs: T[keyof T];
}

export interface Merged<T> {
  /** What neither side loses by: my changes, and theirs where I made none. Colliding fields hold mine. */
  values: T;
  collisions: Collision<T>[];
}

const isEqual = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Joins two changes of the same `base`, field by field. */
export function merge<T extends object>(base: T, mine: T, theirs: T): Merged<T> {
  const fields = Object.keys({ ...base, ...mine, ...theirs }) as (keyof T & string)[];
  const values = { ...theirs };
  const collisions: Collision<T>[] = [];
  for (const field of fields) {
    if (isEqual(mine[field], base[field])) continue;
    values[field] = mine[field];
    if (!isEqual(theirs[field], base[field]) && !isEqual(theirs[field], mine[field])) collisions.push({ field, mine: mine[field], theirs: theirs[field] });
  }
  return { values, collisions };
}

/** The members of `next` that differ from `base`, as a merge patch: null removes. */
export function patchOf<T extends object>(base: T, next: T): Record<string, unknown> {
  const changed = Object.entries(next).filter(([field, value]) => !isEqual(value, base[field as keyof T]));
  return Object.fromEntries(changed.map(([field, value]) => [field, value === '' || value === undefined ? null : value]));
}
