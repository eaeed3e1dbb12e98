/**
 * Knows whether the server has another build of this page than the one that runs.
 * Names of scripts change with their content, so the page's own tag tells.
 */
export function watchBuild(path: string, ask: typeof fetch = fetch): () => Promise<boolean> {
  const tag = async () => {
    const response = await ask(path, { method: 'HEAD', cache: 'no-store' })
    return response.ok ? response.headers.get('ETag') : null
  }
  const first = tag().catch(() => null)
  return async () => {
    const [before, now] = [await first, await tag().catch(() => null)]
    return before !== null && now !== null && before !== now
  }
}
