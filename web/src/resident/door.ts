import { start } from '../ui/start'
import Door from './Door.svelte'

start(Door)
