/** Called inside a request: its counter ends with it. */
export function makeNumbering(): () => number {
  let last = 0;
  return () => ++last;
}
