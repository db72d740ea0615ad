import { useMutation } from '@tanstack/react-query';
import { Problem } from '@stateless-backend/client';
import { useState } from 'react';
import { merge, type Collision } from './merge';

interface Stored<T> {
  values: T;
  etag?: string;
}

interface MergedSave<T> {
  /** What the form was filled with, and its version. */
  base: Stored<T>;
  /** What is stored now. */
  read: () => Promise<Stored<T>>;
  /** Writes under a version; rejects with `stale` when it is not the latest. */
  write: (base: T, values: T, etag: string | undefined) => Promise<unknown>;
  onSaved: (values: T, wasMerged: boolean) => Promise<void>;
}

interface Open<T> {
  collisions: Collision<T>[];
  values: T;
  theirs: Stored<T>;
}

const ATTEMPTS = 5;

/** Saves a form without losing an update: changes to different fields are joined, for the same field the user is asked. */
export function useMergedSave<T extends object>({ base, read, write, onSaved }: MergedSave<T>) {
  const [open, setOpen] = useState<Open<T>>();
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: async ({ from, values }: { from: Stored<T>; values: T }) => {
      let current = { from, values };
      for (let attempt = 1; ; attempt += 1) {
        try {
          await write(current.from.values, current.values, current.from.etag);
          return { values: current.values, wasMerged: attempt > 1 };
        } catch (failure) {
          if (!Problem.is(failure, 'stale', 'precondition-required') || attempt === ATTEMPTS) throw failure;
        }
        const theirs = await read();
        const merged = merge(current.from.values, current.values, theirs.values);
        if (merged.collisions.length > 0) return { ...merged, theirs };
        current = { from: theirs, values: merged.values };
      }
    },
    onSuccess: async (result) => {
      if ('collisions' in result) return setOpen(result);
      setOpen(undefined);
      await onSaved(result.values, result.wasMerged);
    },
  });
  return {
    save: (values: T) => mutate({ from: base, values }),
    error,
    isSaving: isPending,
    forgetError: reset,
    collisions: open?.collisions,
    resolve: (choices: Partial<T>) => open && mutate({ from: open.theirs, values: { ...open.values, ...choices } }),
    close: () => setOpen(undefined),
  };
}

/** The messages of a refused form by the field they are about. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!Problem.is(error, 'validation')) return {};
  return Object.fromEntries(error.errors.map(({ pointer, detail }) => [pointer.split('/')[1] ?? '', detail]));
}
