import { createServer, request } from 'node:http'

/**
 * A bad network in front of the server under test. `down` breaks every connection, as
 * when there is none; `lose` says of which requests the server does what is asked and
 * the answer never arrives; `heard` is called at each. `begun` is told of each request of
 * which the first part has been passed on, and says whether the rest is kept back.
 */
export async function badNetwork(target) {
  const { hostname, port } = new URL(target)
  const network = { url: '', down: false, lose: () => false, lost: 0, heard: () => {}, begun: () => false, close: () => {} }
  const server = createServer((asked, answer) => {
    if (network.down) return asked.socket.destroy()
    const losing = network.lose(asked)
    const on = request({ hostname, port, path: asked.url, method: asked.method, headers: asked.headers }, (got) => {
      if (losing) {
        got.resume()
        got.on('end', () => {
          network.lost++
          network.heard()
          answer.socket?.destroy()
        })
        return
      }
      answer.writeHead(got.statusCode, got.headers)
      got.on('error', () => answer.socket?.destroy())
      got.pipe(answer)
    })
    on.on('error', () => answer.socket?.destroy())
    asked.pipe(on)
    asked.once('data', () => network.begun(asked) && asked.unpipe(on))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  network.url = `http://127.0.0.1:${server.address().port}`
  network.close = () => {
    server.closeAllConnections()
    server.close()
  }
  return network
}
