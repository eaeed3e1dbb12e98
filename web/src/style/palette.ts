/**
 * The colours of one look. Maps and pages are painted from it alone, so a city
 * adds a look of its own by adding a palette.
 */
export interface Palette {
  name: string
  /** Whether light things stand on a dark ground. */
  dark: boolean
  map: MapPalette
  page: PagePalette
}

export interface MapPalette {
  ground: string
  water: string
  waterLine: string
  green: string
  road: string
  roadMajor: string
  roadCasing: string
  building: string
  buildingLine: string
  /** Fills that tell neighbouring communities apart. */
  communities: readonly [string, string, string, string, string, string]
  countyLine: string
  streetLine: string
  communityLine: string
  groupLine: string
  gridLine: string
  cellLine: string
  /** Every household is a light … */
  household: string
  householdGlow: string
  /** … and every neighbor head a lamp. */
  head: string
  headGlow: string
  headRing: string
  /** What was chosen, and the lines from it. */
  chosen: string
  chosenLink: string
  unit: string
  preview: string
  /** Cases: the ground under a pin, what is drawn on a filled one, and how a case stands. */
  pinGround: string
  pinInk: string
  waiting: string
  sent: string
  working: string
  asking: string
  done: string
  /** The ring of a case whose time is over. */
  late: string
  /** Cells with few to many cases. */
  heat: readonly [string, string, string, string, string]
  label: string
  labelQuiet: string
  labelHalo: string
}

export interface PagePalette {
  ground: string
  panel: string
  panelSolid: string
  raised: string
  line: string
  text: string
  quiet: string
  /** Figures, active switches, links. */
  accent: string
  onAccent: string
  focus: string
  warning: string
  shade: string
}

/** How a case stands, in the order of its life; the map and the pages draw it in the palette's colour of that name. */
export const stands = ['waiting', 'sent', 'working', 'asking', 'done'] as const
export type Stand = (typeof stands)[number]

/** Night, for the wall: a town of lights. */
export const night: Palette = {
  name: 'night',
  dark: true,
  map: {
    ground: '#060b16',
    water: '#0b1f38',
    waterLine: '#12304f',
    green: '#0a1a1a',
    road: '#1a2742',
    roadMajor: '#2a3b5e',
    roadCasing: '#0a1120',
    building: '#131d31',
    buildingLine: '#1f2c47',
    communities: ['#0b1730', '#12152e', '#0a1c2c', '#151a30', '#0c1a24', '#101f38'],
    countyLine: '#7f9bd8',
    streetLine: '#7fa0e6',
    communityLine: '#5b7fc7',
    groupLine: '#3d568c',
    gridLine: '#2f4570',
    cellLine: '#1d2c4a',
    household: '#ffc978',
    householdGlow: '#ff9d3c',
    head: '#fff3d6',
    headGlow: '#ffb84d',
    headRing: '#ffdf9e',
    chosen: '#ffe9b8',
    chosenLink: '#ffd079',
    unit: '#8fd0e8',
    preview: '#6ee7d2',
    pinGround: '#03060d',
    pinInk: '#03060d',
    waiting: '#ff79d7',
    sent: '#c09bff',
    working: '#46b4ff',
    asking: '#f2ee52',
    done: '#4be08c',
    late: '#ff4a55',
    heat: ['#16265a', '#2b2f86', '#4b37a8', '#7446bd', '#a55fc9'],
    label: '#d5e2ff',
    labelQuiet: '#8ba0c9',
    labelHalo: '#060b16',
  },
  page: {
    ground: '#060b16',
    panel: 'rgba(8, 13, 26, 0.97)',
    panelSolid: '#0a1120',
    raised: '#131e36',
    line: '#24355a',
    text: '#e3ecff',
    quiet: '#9db0d6',
    accent: '#ffcf85',
    onAccent: '#1b1204',
    focus: '#8fd0ff',
    warning: '#ffb3a1',
    shade: 'rgba(0, 0, 0, 0.5)',
  },
}

/** Day, for desk and phone: a paper map. */
export const day: Palette = {
  name: 'day',
  dark: false,
  map: {
    ground: '#f7f3ea',
    water: '#bcd6e4',
    waterLine: '#9cc0d4',
    green: '#d9e4c6',
    road: '#ffffff',
    roadMajor: '#fffaf0',
    roadCasing: '#d6cdbb',
    building: '#e2d9c8',
    buildingLine: '#cbbfa8',
    communities: ['#f5ecd7', '#eef0dd', '#f6e6d8', '#e9eee9', '#f3e9e4', '#f0ead0'],
    countyLine: '#6d5a4a',
    streetLine: '#7c5a4a',
    communityLine: '#9a6b55',
    groupLine: '#b49a86',
    gridLine: '#b8a48f',
    cellLine: '#d8ccb9',
    household: '#b4530f',
    householdGlow: '#e08a3a',
    head: '#7a2306',
    headGlow: '#d9732b',
    headRing: '#fff8ea',
    chosen: '#8f1d06',
    chosenLink: '#b3330f',
    unit: '#155e75',
    preview: '#0f766e',
    pinGround: '#fffdf8',
    pinInk: '#fffdf8',
    waiting: '#a8107c',
    sent: '#6539b8',
    working: '#0a5cab',
    asking: '#7a5c00',
    done: '#13703a',
    late: '#c8102e',
    heat: ['#e3d3ea', '#cfa6d6', '#b676bf', '#973f9c', '#6d1272'],
    label: '#3a2d22',
    labelQuiet: '#65533f',
    labelHalo: '#fbf8f1',
  },
  page: {
    ground: '#f7f3ea',
    panel: 'rgba(255, 253, 248, 0.97)',
    panelSolid: '#fffdf8',
    raised: '#f1eadb',
    line: '#d5c9b3',
    text: '#2c231a',
    quiet: '#65563f',
    accent: '#8f3d0a',
    onAccent: '#fffaf0',
    focus: '#0b5fae',
    warning: '#9b1c1c',
    shade: 'rgba(60, 45, 25, 0.22)',
  },
}

export const palettes = { night, day } as const
export type Theme = keyof typeof palettes

/** The page colours as custom properties, one rule for each look. */
export function pageCSS(): string {
  return Object.values(palettes)
    .map((palette) => {
      const lines = Object.entries(palette.page).map(([key, value]) => `  --${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}: ${value};`)
      for (const name of [...stands, 'late'] as const) lines.push(`  --${name}: ${palette.map[name]};`)
      lines.push(`  --pin-ground: ${palette.map.pinGround};`)
      return `[data-theme='${palette.name}'] {\n  color-scheme: ${palette.dark ? 'dark' : 'light'};\n${lines.join('\n')}\n}\n`
    })
    .join('\n')
}
