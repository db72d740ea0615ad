const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function bytes(count: number): string {
  const power = count === 0 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(count) / 10));
  const value = count / 1_024 ** power;
  return `${new Intl.NumberFormat(undefined, { maximumFractionDigits: value < 10 && power > 0 ? 1 : 0 }).format(value)} ${UNITS[power]}`;
}

export const when = (time: string): string => new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(time));

export const clock = (time: Date): string => new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' }).format(time);

export const percent = (part: number, whole: number): number => (whole === 0 ? 100 : Math.min(100, Math.floor((part / whole) * 100)));
