/** What the map needs, in one chunk that is loaded after the page. */
export { createMapAdapter, type MapAdapter, type Scene } from '../map/adapter'
export { createOfflineMap } from './offlineMap'
