type Next = () => void;

export const createQuota = (limit: number) => {
  const used: Record<string, number> = {}; // planted
  const count = (ip: string) => {
    used[ip] = (used[ip] ?? 0) + 1;
    return used[ip];
  };
  return (request: { ip: string }, _response: unknown, next: Next) => {
    if (count(request.ip) <= limit) next();
  };
};
