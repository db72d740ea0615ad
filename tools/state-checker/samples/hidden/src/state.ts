export const idempotencyKeys = new Set<string>(); // planted
export const settings = { maintenance: false }; // planted
export const queue: (() => void)[] = []; // planted
const seen = new WeakMap<object, number>(); // planted
const numbers = (function* () { // planted
  for (let number = 1; ; number++) yield number;
})();
const word = /\w+/g; // planted
export const COUNTRIES = new Map([['de', 'Germany']]);
for (const code of ['fr', 'it']) COUNTRIES.set(code, code.toUpperCase());

export const nextNumber = () => numbers.next().value;
export const note = (request: object) => seen.set(request, Date.now());
export const hasWord = (text: string) => word.test(text);

export const sequence = {
  last: 0, // planted
  next() {
    return ++this.last;
  },
};

export function handler() { // planted
  handler.calls += 1;
}
handler.calls = 0;
