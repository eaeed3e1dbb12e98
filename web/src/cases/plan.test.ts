import { expect, test } from 'vitest'
import { bodiesOf, fieldsOf, moved, planOf, withStep, type Plan } from './plan'
import type { Handler } from './types'

const institute: Handler = { kind: 'unit', id: 'i', code: 'U7', name: '地质院' }
const head: Handler = { kind: 'head', id: 'h', code: 'U7', name: '邻长' }
const units = [{ code: 'U1', name: '居委会' }, { code: 'U7', name: '地质院' }]

test('a plan is written anew from what is open, and says what was said', () => {
  const of = {
    phases: [{ title: '勘查', unit: institute, doneAt: '2026-11-20T02:00:00Z' }, { title: '加固', unit: head, until: new Date('2026-12-01T23:59:59').toISOString() }, { title: '验收' }],
    helpers: [institute],
  }
  const plan = planOf(of)
  expect(plan.steps.map(({ title, unit, until }) => [title, unit, until])).toEqual([['加固', 'head/U7', '2026-12-01'], ['验收', '', '']])
  const bodies = bodiesOf(of, units)
  expect(bodies.map(({ kind, code }) => `${kind} ${code}`)).toEqual(['unit U1', 'unit U7', 'head U7'])
  expect(fieldsOf(plan, bodies)).toEqual({
    phases: [{ title: '加固', unit: { kind: 'head', code: 'U7' }, until: of.phases[1]!.until }, { title: '验收' }],
    helpers: [{ kind: 'unit', code: 'U7' }],
  })
})

test('phases without a title are not sent, and one with a unit needs one', () => {
  const blank = planOf({})
  expect(blank.steps).toHaveLength(1)
  expect(fieldsOf(blank, [])).toBeNull()
  const some: Plan = { steps: [{ key: 0, title: ' 测量 ', unit: '', until: '' }, { key: 1, title: '', unit: '', until: '' }], helpers: ['unit/gone'] }
  expect(fieldsOf(some, [])).toEqual({ phases: [{ title: '测量' }], helpers: [] })
  expect(fieldsOf({ ...some, steps: [...some.steps, { key: 2, title: ' ', unit: 'unit/U1', until: '' }] }, bodiesOf({}, units))).toBeNull()
})

test('phases move by one and no further, and a new one comes behind', () => {
  const steps = ['a', 'b', 'c'].map((title, key) => ({ key, title, unit: '', until: '' }))
  const titles = (list: typeof steps) => list.map((s) => s.title).join('')
  expect([moved(steps, 0, 1), moved(steps, 2, -1), moved(steps, 0, -1), moved(steps, 2, 1)].map(titles)).toEqual(['bac', 'acb', 'abc', 'abc'])
  expect(withStep(steps, 0).map((s) => [s.key, s.title])).toEqual([[0, 'a'], [3, ''], [1, 'b'], [2, 'c']])
})
