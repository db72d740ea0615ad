/** One replacement in a source file. `find` must occur in it exactly once. */
export interface Patch {
  /** Under `src/`. */
  file: string;
  find: string;
  replace: string;
}

/** A way of hiding state in a process. With one replica nobody can tell it from the right code. */
export interface Mutant {
  name: string;
  hides: string;
  /** Its state can be seen in the source: the static checker is expected to find it. */
  isVisible: boolean;
  patches: Patch[];
}

/** The source with the patch in it. Throws when the text to replace is gone or not the only one: a mutant must not rot unseen. */
export function applied(source: string, { file, find, replace }: Patch, mutant: string): string {
  const parts = source.split(find);
  if (parts.length === 2) return parts.join(replace);
  throw new Error(`Mutant "${mutant}" no longer applies: src/${file} has ${parts.length - 1} places that read\n${find}`);
}
