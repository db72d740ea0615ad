let isDownloading = false;

/** The page asks before it goes away while uploads run; a download only looks as if it went. */
export const isLeaving = (): boolean => !isDownloading;

/** The address answers with `Content-Disposition: attachment`, so the page stays. */
export function download(url: string): void {
  isDownloading = true;
  location.assign(url);
  setTimeout(() => (isDownloading = false), 1_000);
}

/** Saves what the page has itself. */
export function save(name: string, content: string, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  Object.assign(document.createElement('a'), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
