/**
 * Where somebody goes after signing in: the address that `?next=` names, if it
 * is one of this server's own; else the entry page.
 */
export function nextIn(search: string, origin: string): string {
  const wish = new URLSearchParams(search).get('next') ?? ''
  if (!/^\/(?![/\\])/.test(wish) || !URL.canParse(wish, origin)) return '/'
  const url = new URL(wish, origin)
  return url.origin === origin && url.pathname !== '/login' ? `${url.pathname}${url.search}${url.hash}` : '/'
}

/** The page for signing in, which leads back to where one is. */
export function loginAddress({ pathname, search, hash }: Pick<Location, 'pathname' | 'search' | 'hash'>): string {
  return `/login?${new URLSearchParams({ next: `${pathname}${search}${hash}` })}`
}
