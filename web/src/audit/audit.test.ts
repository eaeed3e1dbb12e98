import { expect, test } from 'vitest'
import type { AuditEntry } from '../api/audit'
import { sayIn } from '../lang'
import { noFilter, queryOf, reasonText, sentence, whoText } from './describe'

const en = sayIn('en')
const entry = (news: Partial<AuditEntry>): AuditEntry => ({ seq: 1, at: '2026-03-01T00:00:00Z', actor: 'user:0198-12345678', act: 'sign_in', kind: 'session', hash: '', ...news })

test('who did it is told in words', () => {
  expect(whoText({ actor: 'user:0198-12345678', login: 'wang' }, en)).toBe('wang')
  expect(whoText({ actor: 'user:0198-12345678' }, en)).toBe('Account 12345678')
  expect(whoText({ actor: 'token:0198-12345678' }, en)).toBe('Token 12345678')
  expect(whoText({ actor: 'cli:uid0' }, en)).toContain('uid0')
  expect(whoText({ actor: 'visitor' }, en)).toBe('A visitor')
  expect(whoText({ actor: 'clock' }, en)).toBe('clock')
})

test('entries are sentences, unknown acts too', () => {
  const say = (news: Partial<AuditEntry>) => sentence(entry({ login: 'wang', ...news }), 'en', en)
  expect(say({})).toBe('wang signed in')
  expect(say({ act: 'sign_out', kind: 'account' })).toBe('wang signed out everywhere')
  expect(say({ act: 'refuse', kind: 'route', detail: { route: 'GET /audit' } })).toBe('wang was refused: GET /audit')
  expect(say({ act: 'grant', kind: 'account', detail: { role: 'auditor' } })).toBe('wang granted the role auditor')
  expect(say({ act: 'sign_in_failed', kind: 'account', detail: { failures: 3 } })).toContain('number 3')
  expect(say({ act: 'alert', kind: 'account', detail: { reason: 'sign_in_failed' } })).toContain('too many failed sign-ins')
  expect(say({ act: 'paint', kind: 'wall' })).toBe('wang: paint (wall)')
})

test('the reason is the purpose and what somebody wrote', () => {
  expect(reasonText(entry({ detail: { purpose: 'visit' }, why: 'yearly' }), 'en')).toBe('visiting the household: yearly')
  expect(reasonText(entry({}), 'en')).toBe('')
})

test('the server is asked only for what limits', () => {
  expect(queryOf(noFilter).toString()).toBe('')
  const query = queryOf({ ...noFilter, from: '2026-03-01T08:00', actor: ' wang ', alerts: true })
  expect([...query.keys()]).toEqual(['from', 'actor', 'alerts'])
  expect(query.get('actor')).toBe('wang')
  expect(query.get('from')).toBe(new Date('2026-03-01T08:00').toISOString())
})
