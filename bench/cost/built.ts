/** A module of the built service: Nest needs the types that only the compiler writes beside decorators. `npm run build` comes first. */
export const built = <T>(file: string): Promise<T> => import(new URL(`../../dist/${file}`, import.meta.url).href) as Promise<T>;
