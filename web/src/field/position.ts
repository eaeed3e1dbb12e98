import { createStore, type Store } from '../store'
import type { Fix } from './place'

export interface Position {
  fix: Fix | null
  /** Why there is no fix. */
  trouble: 'denied' | 'unavailable' | null
}

/** Follows the phone's position as long as somebody needs it. */
export function createPosition(): { store: Store<Position>; start(): void; stop(): void } {
  const store = createStore<Position>({ fix: null, trouble: null })
  let watch: number | null = null
  return {
    store,
    start() {
      if (watch !== null) return
      // Only with HTTPS there is a position.
      if (!('geolocation' in navigator) || !isSecureContext) return store.update((s) => ({ ...s, trouble: 'unavailable' }))
      watch = navigator.geolocation.watchPosition(
        ({ coords, timestamp }) => store.update(() => ({ fix: { at: [coords.longitude, coords.latitude], accuracyM: coords.accuracy, when: timestamp }, trouble: null })),
        ({ code }) => store.update((s) => ({ ...s, trouble: code === GeolocationPositionError.PERMISSION_DENIED ? 'denied' : s.fix ? null : 'unavailable' })),
        { enableHighAccuracy: true, maximumAge: 10_000, timeout: 60_000 },
      )
    },
    stop() {
      if (watch !== null) navigator.geolocation.clearWatch(watch)
      watch = null
    },
  }
}
