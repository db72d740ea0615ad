// What the benchmark uses of autocannon, which publishes no types.
declare module 'autocannon' {
  interface RequestTemplate {
    setupRequest(request: object): object;
    onResponse(status: number, body: string, context: object, headers: Record<string, string>): void;
  }
  interface Client {
    setRequests(requests: RequestTemplate[]): void;
  }
  interface Options {
    url: string;
    connections: number;
    amount: number;
    timeout: number;
    setupClient(client: Client): void;
  }
  interface Result {
    errors: number;
    timeouts: number;
    duration: number;
    latency: { p50: number; p99: number };
    statusCodeStats: Record<string, { count: number }>;
  }
  export default function autocannon(options: Options): PromiseLike<Result>;
}
