/** As much of XMLHttpRequest as Uppy asks for, over fetch: Node has none. Real browsers run in the browser tests. */
export class FetchXhr {
  readonly upload: { onprogress?: (event: { loaded: number; total: number; lengthComputable: boolean }) => void } = {};
  onload?: () => void;
  onerror?: () => void;
  responseType = '';
  withCredentials = false;
  status = 0;
  statusText = '';
  responseText = '';
  private readonly stop = new AbortController();
  private readonly headers = new Headers();
  private received = new Headers();
  private target = { method: 'GET', url: '' };

  get response(): string {
    return this.responseText;
  }

  open(method: string, url: string): void {
    this.target = { method, url };
  }

  setRequestHeader(name: string, value: string): void {
    this.headers.set(name, value);
  }

  getResponseHeader(name: string): string | null {
    return this.received.get(name);
  }

  abort(): void {
    this.stop.abort();
  }

  send(body?: Blob | string): void {
    const { method, url } = this.target;
    void fetch(url, { method, headers: this.headers, body, signal: this.stop.signal }).then(
      async (response) => {
        Object.assign(this, { status: response.status, statusText: response.statusText, received: response.headers, responseText: await response.text() });
        const total = body instanceof Blob ? body.size : 0;
        this.upload.onprogress?.({ loaded: total, total, lengthComputable: true });
        this.onload?.();
      },
      () => this.onerror?.(),
    );
  }
}
