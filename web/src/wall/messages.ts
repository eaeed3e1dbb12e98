import { m } from '../message'

/** Texts of the wall map. */
export const wallMessages = {
  wall: m('大屏地图', 'Wall map'),
} as const
