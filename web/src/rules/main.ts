import { start } from '../ui/start'
import Rules from './Rules.svelte'

start(Rules)
