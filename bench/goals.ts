/** One promise of the benchmark: the service's CPU per request as a share of a peer's, at most; or microseconds, at most. */
export interface Goal {
  workload: string;
  against?: 'equal' | 'bare' | 'textbook';
  /** A ratio, or microseconds where there is no peer. */
  atMost: number;
}

const fifth = 1 / 5;
const twoFifths = 1 / 2.5;

export const GOALS: Goal[] = [
  { workload: 'cached-profile', against: 'equal', atMost: 0.7 },
  { workload: 'cached-profile', against: 'bare', atMost: 1 },
  { workload: 'cached-profile', against: 'textbook', atMost: fifth },
  ...['not-modified', 'list-documents', 'patch-profile', 'create-document'].flatMap((workload): Goal[] => [
    { workload, against: 'equal', atMost: 0.8 },
    { workload, against: 'textbook', atMost: twoFifths },
  ]),
  { workload: 'download-url', against: 'equal', atMost: fifth },
  { workload: 'part-urls', atMost: 60_000 },
  { workload: 'mixed', against: 'equal', atMost: 1 / 1.3 },
];
