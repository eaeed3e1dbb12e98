/** Reads `#batch=<id>`. */
export function batchInAddress(hash: string): string | null {
  return new URLSearchParams(hash.replace(/^#/, '')).get('batch')
}

export function addressOf(id: string | null): string {
  return id === null ? '#' : `#batch=${encodeURIComponent(id)}`
}
