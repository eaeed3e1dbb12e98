import { expect, test } from 'vitest'
import { createReader } from './sse'

const stream = ': heartbeat\n\nid: 7-1\nevent: hello\ndata: {"pins":3}\n\nevent: case\r\ndata: a\r\ndata:b\r\nid: 7-2\r\n\r\n\n:\ndata\n\nretry: 5\nevent: lost\n\n'
const wanted = [
  { event: 'hello', data: '{"pins":3}', id: '7-1' },
  { event: 'case', data: 'a\nb', id: '7-2' },
  { event: 'message', data: '', id: '7-2' },
]

test('a stream is read as it was written', () => {
  expect(createReader()(stream)).toEqual(wanted)
})

test('however it is cut', () => {
  for (let size = 1; size < stream.length; size++) {
    const read = createReader()
    const got = []
    for (let i = 0; i < stream.length; i += size) got.push(...read(stream.slice(i, i + size)))
    expect(got).toEqual(wanted)
  }
})
