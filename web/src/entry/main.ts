import { start } from '../ui/start'
import Entry from './Entry.svelte'

start(Entry)
