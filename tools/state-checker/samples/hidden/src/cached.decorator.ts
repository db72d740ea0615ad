/** A memoising decorator: the answers stay in the process. */
export function Cached() {
  const answers = new Map<string, unknown>(); // planted
  return (_target: object, _key: string, descriptor: PropertyDescriptor) => {
    const original = descriptor.value as (...values: unknown[]) => unknown;
    descriptor.value = function (...values: unknown[]) {
      const key = JSON.stringify(values);
      if (!answers.has(key)) answers.set(key, original.apply(this, values));
      return answers.get(key);
    };
  };
}
