import { resolved, type Description, type Schema } from './description.js';

const LOWER_IS_NARROWER = ['maximum', 'maxLength', 'maxItems', 'maxProperties'] as const;
const HIGHER_IS_NARROWER = ['minimum', 'minLength', 'minItems', 'minProperties'] as const;

const list = <T>(value: T | T[] | undefined): T[] => (value === undefined ? [] : [value].flat() as T[]);
const isWithin = (part: unknown[], whole: unknown[]): boolean => part.every((each) => whole.includes(each));

/** Compares schemas in one direction: a request may only take more, a response only promise more. */
export class SchemaComparison {
  private readonly seen = new Set<string>();

  constructor(
    private readonly direction: 'request' | 'response',
    private readonly before: Description,
    private readonly after: Description,
  ) {}

  compare(old: Schema = {}, current: Schema = {}, where: string): string[] {
    const pair = `${old.$ref} ${current.$ref} ${where}`;
    if (old.$ref !== undefined && this.seen.has(pair)) return [];
    this.seen.add(pair);
    const was = resolved(old, this.before);
    const is = resolved(current, this.after);
    return [
      ...this.typeChanges(was, is, where),
      ...(this.direction === 'request' ? boundChanges(was, is, where) : []),
      ...this.memberChanges(was, is, where),
      ...this.choiceChanges(list(was.oneOf ?? was.anyOf), list(is.oneOf ?? is.anyOf), where),
      ...(was.items && is.items ? this.compare(was.items, is.items, `${where} /items`) : []),
    ];
  }

  private typeChanges(was: Schema, is: Schema, where: string): string[] {
    const [narrow, wide] = this.direction === 'request' ? [was, is] : [is, was];
    const changes: string[] = [];
    if (list(wide.type).length > 0 && !isWithin(list(narrow.type), list(wide.type))) changes.push(`${where} was ${list(was.type).join('|')} and is ${list(is.type).join('|')}`);
    if (this.direction === 'request' && is.enum && !(was.enum && isWithin(was.enum, is.enum))) changes.push(`${where} takes ${JSON.stringify(is.enum)} only`);
    return changes;
  }

  private memberChanges(was: Schema, is: Schema, where: string): string[] {
    const members = Object.entries(was.properties ?? {});
    const kept = members.flatMap(([name, schema]) => {
      const other = is.properties?.[name];
      if (other) return this.compare(schema, other, `${where} /${name}`);
      return this.direction === 'response' || is.additionalProperties === false ? [`${where} /${name} is gone`] : [];
    });
    const [from, to] = this.direction === 'request' ? [was, is] : [is, was];
    const more = list(to.required).filter((name) => !from.required?.includes(name) && (this.direction === 'request' || is.properties?.[name]));
    return [...kept, ...more.map((name) => `${where} /${name} is ${this.direction === 'request' ? 'required' : 'optional'}`)];
  }

  private choiceChanges(was: Schema[], is: Schema[], where: string): string[] {
    if (was.length === 0 && is.length === 0) return [];
    const isNarrower = this.direction === 'request' ? is.length < was.length : is.length > was.length;
    if (isNarrower) return [`${where} had ${was.length} alternatives and has ${is.length}`];
    return was.slice(0, is.length).flatMap((each, index) => this.compare(each, is[index], `${where} alternative ${index + 1}`));
  }
}

function boundChanges(was: Schema, is: Schema, where: string): string[] {
  const narrower = (keyword: string, isNarrower: (old: number, current: number) => boolean): string[] => {
    const [old, current] = [was[keyword], is[keyword]] as [number | undefined, number | undefined];
    if (current === undefined || (old !== undefined && !isNarrower(old, current))) return [];
    return [`${where} has ${keyword} ${current}${old === undefined ? '' : ` instead of ${old}`}`];
  };
  return [
    ...LOWER_IS_NARROWER.flatMap((keyword) => narrower(keyword, (old, current) => current < old)),
    ...HIGHER_IS_NARROWER.flatMap((keyword) => narrower(keyword, (old, current) => current > old)),
    ...(is['pattern'] !== undefined && is['pattern'] !== was['pattern'] ? [`${where} has the pattern ${JSON.stringify(is['pattern'])}`] : []),
  ];
}
