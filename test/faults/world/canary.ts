import { randomBytes } from 'node:crypto';

export interface Leak {
  where: Place;
  /** Which secret, never the secret itself. */
  what: string;
  context: string;
}

type Place = 'output' | 'reply';

/** What is searched for is shorter: a secret that is cut between two pieces of text is found, too. */
const OVERLAP = 4_096;
const MOST_LEAKS = 100;

/** Any access token, whoever it belongs to. */
const TOKEN = /eyJ[\w-]{10,}\.eyJ[\w-]{10,}/;
/** Replies hold presigned addresses on purpose; what is logged must not. */
const PRESIGNED = /X-Amz-Signature=[0-9a-f]{8}/i;

/** Secrets that clients send and that must come out nowhere: neither in what a replica prints nor in replies. */
export class Canary {
  readonly password = `canary-password-${randomBytes(12).toString('hex')}`;
  readonly signature = randomBytes(32).toString('hex');
  readonly leaks: Leak[] = [];
  /** How much text was searched: a search of nothing is no proof. Characters. */
  readonly searched: Record<Place, number> = { output: 0, reply: 0 };
  private readonly literals = new Map([[this.password, 'share password'], [this.signature, 'presigned signature']]);
  private readonly tails = new Map<string, string>();

  /** Besides whole tokens, which are recognised by their shape, a part of this one's signature is searched for. */
  watchSignatureOf(token: string): void {
    this.literals.set(token.slice(token.lastIndexOf('.') + 1).slice(0, 64), 'signature of an access token');
  }

  /** `source` names a stream whose pieces belong together. */
  output(source: string, text: string): void {
    const whole = (this.tails.get(source) ?? '') + text;
    this.tails.set(source, whole.slice(-OVERLAP));
    this.searched.output += text.length;
    this.search('output', whole);
    this.report('output', 'presigned signature', whole.search(PRESIGNED), whole);
  }

  reply(text: string): void {
    this.searched.reply += text.length;
    this.search('reply', text);
  }

  private search(where: Place, text: string): void {
    for (const [literal, what] of this.literals) this.report(where, what, text.indexOf(literal), text);
    this.report(where, 'access token', text.search(TOKEN), text);
  }

  private report(where: Place, what: string, at: number, text: string): void {
    if (at < 0 || this.leaks.length === MOST_LEAKS) return;
    this.leaks.push({ where, what, context: `${text.slice(Math.max(0, at - 120), at)}…` });
  }
}
