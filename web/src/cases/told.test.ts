import { expect, test } from 'vitest'
import { sayIn, type Lang } from '../lang'
import { tell } from './told'
import type { CaseClock, CaseEvent, Handler, Patch, State } from './types'

const committee: Handler = { kind: 'unit', id: 'c', code: 'U1', name: '居委会' }
const institute: Handler = { kind: 'unit', id: 'i', code: 'U7', name: '地质院' }
const due = (iso: string, more: Partial<CaseClock> = {}): CaseClock => ({ state: 'running', from: '', due: iso, warned: 0, ...more })
const first = '2026-11-20T10:00:00Z'

let seq = 0
const event = (act: string, as: string, set: Patch = {}, more: Partial<CaseEvent> = {}): CaseEvent =>
  ({ id: `e${++seq}`, case: 'x', seq, at: '2026-11-20T02:00:00Z', as, act, from: 'in_progress' as State, to: 'in_progress' as State, set, ...more })

function told(lang: Lang, ...history: CaseEvent[]): string[][] {
  const words = { lang, say: sayIn(lang), titleOf: (code: string) => `<${code}>`, numberOf: (id: string) => `#${id}` }
  return tell(history, words).map(({ facts }) => facts)
}

const reported = event('report', 'resident', { source: 'resident', urgency: 'hard', category: 'B0501', rung: 'community', mode: 'led', visibility: 'internal', place: { lon: 113.63, lat: 28.16, accuracy: 0, placed: 'map' }, clock: due(first) })
const planned: Patch = { helpers: [institute], mode: 'joint', phases: [{ title: '勘查', unit: institute }, { title: '加固' }] }
const dispatched = event('dispatch', 'system', { handler: committee, why: { zh: '规则 17', en: 'rule 17' } })

test('the story of a wall in words', () => {
  const [report, dispatch, plan, phase, last, confirm, close, evaluate] = told('zh', reported, dispatched, event('plan', 'handler', planned),
    event('phase_done', 'helper', { phases: [{ title: '勘查', unit: institute, doneAt: first }, { title: '加固' }] }),
    event('phase_done', 'handler', { phases: [{ title: '勘查', unit: institute, doneAt: first }, { title: '加固', doneAt: first }] }, { photos: ['p', 'q'] }),
    event('confirm', 'resident', { confirmed: true }), event('close', 'checker', { onTime: true, clock: due(first, { state: 'ended' }) }), event('evaluate', 'resident', { satisfaction: 5 }))
  expect(report?.slice(0, 2)).toEqual(['来源：居民', '标签：难'])
  expect(report?.[2]).toMatch(/到期$/)
  expect(dispatch).toEqual(['依据：规则 17'])
  expect(plan).toEqual(['办理方式：领办 → 联办', '阶段 1：勘查（地质院）', '阶段 2：加固（牵头单位）', '协办：地质院'])
  expect(phase).toEqual(['完成阶段 1：勘查（地质院）', '还有 1 个阶段'])
  expect(last).toEqual(['完成阶段 2：加固（牵头单位）', '各阶段都已完成', '照片 2 张'])
  expect([confirm, close, evaluate]).toEqual([['居民认可，已解决'], ['按期办结'], ['满意度：5 / 5']])
})

test('every change is told once, in both languages, and what stays is not', () => {
  const history = [reported, dispatched,
    event('amend', 'dispatcher', { category: 'S0602', urgency: 'urgent', mode: 'led', visibility: 'restricted', clock: due('2026-11-20T16:00:00Z') }),
    event('escalate', 'handler', { rung: 'street', noHandler: true }),
    event('mediate', 'handler', { outcome: 'not_agreed' }),
    event('confirm', 'reporter', { confirmed: false }),
    event('call_back', 'dispatcher', { satisfaction: 2 })]
  const [zh, en] = [told('zh', ...history), told('en', ...history)]
  expect(zh[2]?.slice(0, 3)).toEqual(['类别：<B0501> → <S0602>', '标签：难 → 急', '公开范围：内部 → 受限'])
  expect(zh[2]?.[3]).toMatch(/^新的时限：/)
  expect(zh.slice(3)).toEqual([['层级：社村 → 街道', '不再由居委会办理'], ['调解结果：未达成协议'], ['居民不认可，没有解决'], ['满意度：2 / 5']])
  expect(en.slice(3)).toEqual([['rung: community → street', 'no longer with 居委会'], ['outcome of the mediation: not agreed'], ['the resident says that it is not solved'], ['satisfaction: 2 of 5']])
})

test('other cases are named by their numbers', () => {
  const link = (kind: 'duplicate_of' | 'caused_by' | 'part_of') => event('link', 'dispatcher', { link: { kind, case: 'y' } })
  expect(told('zh', link('duplicate_of'), link('caused_by'), link('part_of'), event('unmerge', 'dispatcher', { unlink: { kind: 'duplicate_of', case: 'y' } })))
    .toEqual([['已并入案卷 #y'], ['起因于案卷 #y'], ['属于案卷 #y'], ['不再并入案卷 #y']])
  const merged = event('link', 'dispatcher', { told: { zh: '案卷 #x 并入本案', en: 'Case #x is merged into this one' } })
  expect([told('zh', merged), told('en', merged)]).toEqual([[['案卷 #x 并入本案']], [['Case #x is merged into this one']]])
})

test('what the clock does is told by when it is due', () => {
  const [, asked, granted, warned, suspended, , back] = told('en', reported,
    event('ask_extension', 'handler', { until: '2026-12-01T15:59:59Z' }),
    event('approve', 'dispatcher', { clock: due('2026-12-01T15:59:59Z') }),
    event('warn', 'system', { clock: due('2026-12-01T15:59:59Z', { warned: 80 }) }),
    event('report_done', 'handler', { clock: due('2026-12-01T15:59:59Z', { state: 'stopped' }) }),
    event('comment', 'checker'),
    event('rework', 'checker', { clock: due('2026-12-02T15:59:59Z') }))
  expect(asked).toEqual([expect.stringMatching(/^asked for until 1 December 2026/) as string])
  expect(granted).toEqual([expect.stringMatching(/^now due 1 December 2026/) as string])
  expect([warned, suspended]).toEqual([['80% of the time is gone'], ['the clock is stopped']])
  expect(back).toEqual([expect.stringMatching(/^now due 2 December 2026/) as string])
})

test('returning, supervising and moving are told; the handler by its name at that time', () => {
  const history = [reported, dispatched, event('accept', 'handler'), event('return', 'handler', { noHandler: true, returns: 1 }), event('comment', 'handler'),
    event('supervise', 'dispatcher', { supervised: 2 }),
    event('locate', 'dispatcher', { place: { lon: 113.63, lat: 28.161, accuracy: 0, placed: 'map' }, areas: [{ layer: 'communities', id: 'a', code: 'A', name: '神仙坳社区' }] }),
    event('place', 'system', { areas: [{ layer: 'communities', id: 'b', code: 'B', name: '北城社区' }] }), event('place', 'system', { areas: [{ layer: 'communities', id: 'c', code: 'C', name: '北城社区' }] })]
  const words = { lang: 'zh' as const, say: sayIn('zh'), titleOf: (code: string) => code, numberOf: (id: string) => id }
  const all = tell(history, words)
  expect(all.map(({ by }) => by)).toEqual(['居民', '系统', '责任单位 居委会', '责任单位 居委会', '责任单位', '调度员', '调度员', '系统', '系统'])
  expect(all.slice(3).map(({ facts }) => facts)).toEqual([['不再由居委会办理', '退单 1 次'], [], ['督办 2 次'], ['位置移动 111 米', '位置：神仙坳社区'], ['位置：北城社区'], []])
})
