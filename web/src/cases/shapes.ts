/** One shape of a drawing: the element's name and its attributes. */
export interface Shape {
  tag: string
  attributes: Record<string, string>
}

const drawings = import.meta.glob<string>('../style/icons/*.svg', { query: '?raw', import: 'default', eager: true })

function shapesIn(svg: string): Shape[] {
  return [...svg.matchAll(/<(path|circle|rect)\s+([^>]*?)\/>/g)].map(([, tag = '', rest = '']) => ({
    tag,
    attributes: Object.fromEntries([...rest.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value === '#000' ? 'currentColor' : value])),
  }))
}

/** The drawings of the map's sprite by name, for the pages. */
export const shapes: Readonly<Record<string, Shape[]>> = Object.fromEntries(
  Object.entries(drawings).map(([path, svg]) => [path.replace(/^.*\/|\.svg$/g, ''), shapesIn(svg)]),
)
