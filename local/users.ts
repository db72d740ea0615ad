/** Demo users. The first is an administrator. */
export const DEMO_PASSWORD = 'Stateless-2026!';

export const DEMO_USERS = [
  { email: 'ada@example.com', sub: '0a5b1c2d-1111-4aaa-8aaa-000000000001', groups: ['admin'] },
  { email: 'grace@example.com', sub: '0a5b1c2d-2222-4bbb-8bbb-000000000002', groups: [] },
  { email: 'linus@example.com', sub: '0a5b1c2d-3333-4ccc-8ccc-000000000003', groups: [] },
];

/** What `.local/dev.json` tells of a user. */
export interface DemoUser {
  email: string;
  password: string;
  userId: string;
  groups: string[];
  accessToken: string;
}
