// Drives a running server, whose address is LINTU_URL, in the system's Chromium.
// LINTU_ACCOUNTS has the passwords of its demo accounts as JSON, by login.
import { launch } from './browser.mjs'
import * as accounts from './accounts.mjs'
import * as cases from './cases.mjs'
import * as door from './door.mjs'
import * as entry from './entry.mjs'
import * as field from './field.mjs'
import * as killed from './killed.mjs'
import * as meetings from './meetings.mjs'
import * as outage from './outage.mjs'
import * as persons from './persons.mjs'
import * as planner from './planner.mjs'
import * as rules from './rules.mjs'
import * as roles from './roles.mjs'
import * as stories from './stories.mjs'
import * as wall from './wall.mjs'
import * as weight from './weight.mjs'

const wanted = process.argv.slice(2)
const browser = await launch()
let failed = 0
for (const part of [door, roles, entry, wall, weight, cases, field, persons, accounts, planner, rules, meetings, stories, outage, killed]) {
  if (wanted.length > 0 && !wanted.some((word) => part.name.includes(word))) continue
  const begun = Date.now()
  try {
    await part.run(browser)
    console.log(`ok    ${part.name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`)
  } catch (error) {
    failed++
    console.error(`FAIL  ${part.name}\n${error.stack ?? error}`)
  }
}
await browser.close()
process.exit(failed > 0 ? 1 : 0)
