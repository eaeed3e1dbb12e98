import type { MessageKey } from '../messages'
import { formatBytes } from './summary'

/** Why a file is not even sent, in a message of the catalogue. */
export interface Refusal {
  key: MessageKey
  values: Record<string, string>
}

const loose = /\.(shp|shx|dbf|prj|cpg|sbn|sbx|qpj|qix)$/i
const known = /\.(zip|geojson|json|csv|tsv|txt|xlsx|xlsm)$/i

/** Judges what somebody dropped or chose before it is sent; null is good. */
export function refusalOf(files: readonly Pick<File, 'name' | 'size'>[], hasFolder: boolean, mostBytes: number): Refusal | null {
  const [file, ...others] = files
  if (hasFolder || !file) return { key: 'dropFolder', values: {} }
  const values = { name: file.name, size: formatBytes(file.size), most: formatBytes(mostBytes) }
  if (loose.test(file.name)) return { key: 'dropLoose', values }
  if (others.length > 0) return { key: 'dropSeveral', values }
  if (!known.test(file.name)) return { key: 'dropKind', values }
  if (file.size === 0) return { key: 'dropEmpty', values }
  return file.size > mostBytes ? { key: 'dropTooLarge', values } : null
}

/** Whether a folder is among what was dropped: it comes as a file that cannot be read. */
export function holdsFolder(dropped: DataTransfer): boolean {
  return [...dropped.items].some((item) => item.webkitGetAsEntry()?.isDirectory === true)
}
