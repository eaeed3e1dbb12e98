import { accountMessages } from './account/messages'
import { accountsMessages } from './accounts/messages'
import { auditMessages } from './audit/messages'
import { doorsMessages } from './doors/messages'
import { caseMessages } from './cases/messages'
import { consoleMessages } from './console/messages'
import { entryMessages } from './entry/messages'
import { fieldMessages } from './field/messages'
import { meetingsMessages } from './meetings/messages'
import { m } from './message'
import { plannerMessages } from './planner/messages'
import { residentMessages } from './resident/messages'
import { rulesMessages } from './rules/messages'
import { doorMessages } from './ui/messages'
import { wallMessages } from './wall/messages'

/** Texts that several pages share. */
const common = {
  product: m('邻图', 'lintu'),
  home: m('首页', 'Home'),
  close: m('关闭', 'Close'),
  cancel: m('返回', 'Go back'),
  listComma: m('，', ', '),
  retry: m('重试', 'Try again'),
  loading: m('正在载入…', 'Loading…'),
  switchLanguage: m('English', '中文'),
  night: m('夜间', 'Night'),
  day: m('日间', 'Day'),
  households: m('户', 'households'),
  mapHouseholds: m('户', 'homes'),
  heads: m('邻长', 'neighbor heads'),
  mapReduced: m('此处密集，按数量汇总显示', 'Crowded here: shown as counts'),
  communities: m('社区 / 行政村', 'communities and villages'),
  grids: m('网格', 'grids'),
  errorUnreachable: m('连不上服务器。', 'The server cannot be reached.'),
  errorForbidden: m('没有查看权限，请联系管理员。', 'You may not see this. Ask an administrator.'),
  errorThrottled: m('请求太频繁，请过一会儿再试。', 'Too many requests. Try again in a while.'),
  errorSignedOut: m('需要登录后查看。', 'This is shown to those who have signed in.'),
  errorServer: m('服务器出错（{status}）。请稍后再试，或联系管理员查看日志。', 'The server failed ({status}). Try again later, or ask an administrator to look at the log.'),
} as const

/** The one catalogue: `{name}` in a sentence is filled in by `say`. */
export const messages = {
  ...common, ...doorMessages, ...entryMessages, ...wallMessages, ...plannerMessages, ...fieldMessages, ...residentMessages,
  ...accountMessages, ...accountsMessages, ...auditMessages, ...rulesMessages, ...meetingsMessages, ...doorsMessages, ...caseMessages, ...consoleMessages,
} as const

export type MessageKey = keyof typeof messages
