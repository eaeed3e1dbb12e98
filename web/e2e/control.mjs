/** Where the server under test is killed and started again, and its database is let hang; the Go test offers it. */
const control = process.env.LINTU_CONTROL ?? ''

export const canControl = control !== ''

async function ask(what) {
  const response = await fetch(`${control}/${what}`, { method: 'POST' })
  if (!response.ok) throw new Error(`${what}: ${await response.text()}`)
}

/** kill -9; resolves when the process is gone. */
export const kill = () => ask('kill')

/** Resolves when the server answers again, on the same port and the same data. */
export const start = () => ask('start')

/** The database takes connections, and says nothing more. */
export const freeze = () => ask('freeze')

/** The database goes on. */
export const thaw = () => ask('thaw')
