import Entry from './Entry.svelte'
import { start } from '../ui/start'

start(Entry)
