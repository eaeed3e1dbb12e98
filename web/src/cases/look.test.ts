import { expect, test } from 'vitest'
import { palettes } from '../style/palette'
import { eighths, iconOf, isLate, looks, pinLook, rootOf } from './look'
import { isOpen } from './pins'
import type { Category, Pin, State, Urgency } from './types'

const category = (code: string, parent: string, icon: string): Category => ({ code, parent, icon, class: code < 'C' ? 'component' : 'event', title: { zh: code, en: code }, urgency: 'hard' })
const byCode = new Map([category('B01', '', 'lamp'), category('B0101', 'B01', 'unheard of'), category('S01', '', '')].map((c) => [c.code, c]))
const noon = Date.parse('2026-11-22T12:00:00+08:00')

const pin = (state: State, urgency: Urgency, due: string | null): Pin => ({
  id: `${state}-${urgency}`, number: '1', seq: 1, lon: 113, lat: 28, category: 'B0101', state, urgency, rung: 'street', areas: null,
  reportedAt: '2026-11-22T08:00:00+08:00', since: '2026-11-22T08:00:00+08:00', due, at: '2026-11-22T08:00:00+08:00',
})

const states = Object.keys(looks) as State[]

test.each(states.flatMap((state) => (['urgent', 'hard', 'worrying', 'hoped_for'] as const).map((urgency) => [state, urgency] as const)))('%s, %s: drawn as what it is and how it stands', (state, urgency) => {
  const look = pinLook(pin(state, urgency, '2026-11-22T16:00:00+08:00'), byCode, noon)
  expect(look).toMatchObject({ class: 'component', icon: 'lamp', ring: 4, late: false, ...looks[state] })
})

test('every open state has a look, and differs from the others without any colour', () => {
  expect(states.every(isOpen)).toBe(true)
  const shapes = states.filter((state) => state !== 'extension_asked' && state !== 'suspension_asked').map((state) => `${looks[state]!.filled} ${looks[state]!.badge}`)
  expect(new Set(shapes).size).toBe(shapes.length)
})

test('the ring follows the time, and is late when it has run out', () => {
  const at = (due: string | null) => ({ reportedAt: '2026-11-22T08:00:00+08:00', due })
  expect([eighths(at(null), noon), eighths(at('2026-11-22T12:00:00+08:00'), noon), eighths(at('2026-11-23T08:00:00+08:00'), noon)]).toEqual([0, 8, 1])
  expect([isLate({ due: '2026-11-22T12:00:00+08:00' }, noon), isLate({ due: '2026-11-22T12:00:01+08:00' }, noon), isLate({ late: true }, noon)]).toEqual([true, false, true])
})

test('a category without an icon of its own has that of the one above it', () => {
  expect([iconOf('B0101', byCode), iconOf('S01', byCode), iconOf('gone', byCode)]).toEqual(['lamp', 'other', 'other'])
  expect(rootOf('B0101', byCode)).toBe('B01')
})

/** Relative luminance and contrast by WCAG 2.2. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((x) => (x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4)) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
const contrast = (a: string, b: string) => {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

test.each(Object.values(palettes))('$name: what stands out can be read', ({ map, page }) => {
  for (const name of ['waiting', 'sent', 'working', 'asking', 'done', 'late'] as const) {
    expect(contrast(map[name], map.pinGround)).toBeGreaterThan(4.5)
    expect(contrast(map[name], map.pinInk)).toBeGreaterThan(4.5)
    expect(contrast(map[name], page.panelSolid)).toBeGreaterThan(4.5)
  }
})
