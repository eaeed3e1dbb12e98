import { connect, createServer } from 'node:net'

/** Passes bytes on to a server, and counts what comes back: everything that a page costs, whoever asked. */
export async function countingWire(target) {
  const { hostname, port } = new URL(target)
  const wire = { url: '', bytes: 0, close: () => {} }
  const sockets = new Set()
  const server = createServer((near) => {
    const far = connect({ host: hostname, port: Number(port) })
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
    }
    far.on('data', (part) => (wire.bytes += part.length))
    near.pipe(far)
    far.pipe(near)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  wire.url = `http://127.0.0.1:${server.address().port}`
  wire.close = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return wire
}
