import { getGlobalDispatcher, type Actor, type Map as MapLibreMap } from 'maplibre-gl'

type GlyphManager = MapLibreMap['style']['glyphManager']

export interface Pace<T> {
  /** Whether what has come has to wait; it is taken in later, in its turn. */
  holds(one: T): boolean
  /** Takes in all that waits. */
  all(): void
}

/** How long what has come is taken in before each picture, while the map moves and after that. */
const movingMS = 3
const restMS = 6
/** Where no picture is due for so long, nothing waits for one. */
const longestMS = 2_000

/** What is taken in is worked off in a few steps, each of them a microtask after the one before. */
async function worked(): Promise<void> {
  for (let step = 0; step < 8; step++) await Promise.resolve()
}

/**
 * Takes in what comes while the map moves in its order, a little before each picture, so
 * that a row of tiles that comes at once does not hold one up. At rest nothing waits, except
 * behind what came before.
 */
export function createPace<T>(moving: () => boolean, takeIn: (one: T) => void, clock: () => number = () => performance.now()): Pace<T> {
  const waiting: T[] = []
  let frame = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function wait(): void {
    rest()
    frame = requestAnimationFrame(() => void some(moving() ? movingMS : restMS))
    timer = setTimeout(all, longestMS)
  }

  function rest(): void {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
  }

  /** One at least, so that everything has its turn. */
  async function some(ms: number): Promise<void> {
    rest()
    const from = clock()
    try {
      do {
        takeIn(waiting.shift() as T)
        await worked()
      } while (waiting.length > 0 && clock() - from < ms)
    } finally {
      if (waiting.length > 0) wait()
    }
  }

  function all(): void {
    rest()
    waiting.splice(0).forEach(takeIn)
  }

  return {
    holds(one) {
      if (waiting.length === 0 && !moving()) return false
      if (waiting.push(one) === 1) wait()
      return true
    },
    all,
  }
}

/** So long after a hand has let it go the map is not yet at rest: it is often dragged on at once. */
const restedMS = 300
/** For so long after the page was shown or hidden nothing waits: MapLibre asks the workers then whether they live, and soon gives them up. */
const turnedMS = 1_000

/**
 * Paces what the workers send: above all tiles, which cost as much to read as a picture to
 * draw. A message is read when somebody looks into it, so it waits unread for all who get
 * it. Characters that names have not had yet are drawn one by one for them, likewise. What
 * it returns ends that.
 */
export function paceTiles(map: MapLibreMap): () => void {
  const direct = new Map<Actor, Actor['receive']>()
  const writers = new WeakSet<GlyphManager>()
  const ended = new AbortController()
  let turnedAt = -turnedMS
  let restedAt = -restedMS
  const since = (at: number) => performance.now() - at
  const moving = () => (map.isMoving() || since(restedAt) < restedMS) && !document.hidden && since(turnedAt) > turnedMS
  const pace = createPace<() => void>(moving, (receive) => receive())

  function follow(actor: Actor): void {
    if (ended.signal.aborted || direct.has(actor)) return
    const receive = actor.receive.bind(actor)
    direct.set(actor, receive)
    actor.receive = (message) => {
      if (!pace.holds(() => receive(message))) receive(message)
    }
  }

  function spell(writer: GlyphManager): void {
    if (writers.has(writer)) return
    writers.add(writer)
    const draw = writer['_getAndCacheGlyphsPromise'].bind(writer)
    writer['_getAndCacheGlyphsPromise'] = async (font, character, variant) => {
      const known = writer.entries[font]?.glyphs[variant]?.[character] !== undefined
      if (!known && !ended.signal.aborted) await new Promise<void>((turn) => pace.holds(turn) || turn())
      return draw(font, character, variant)
    }
  }

  // Workers may have been made anew since the last move.
  map.on('movestart', () => {
    map.style.dispatcher.actors.forEach(follow)
    spell(map.style.glyphManager)
    // It is told of every message too, and no other way leads to its ears.
    const all = getGlobalDispatcher()['getActors']() as Promise<Actor[]>
    void all.then((actors) => actors.forEach(follow))
  })
  map.on('moveend', ({ originalEvent }) => {
    if (originalEvent) restedAt = performance.now()
  })
  document.addEventListener('visibilitychange', () => {
    turnedAt = performance.now()
    pace.all()
  }, { signal: ended.signal })
  return () => {
    ended.abort()
    for (const [actor, receive] of direct) actor.receive = receive
    pace.all()
  }
}
