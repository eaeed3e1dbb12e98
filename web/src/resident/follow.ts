import { start } from '../ui/start'
import Follow from './Follow.svelte'

start(Follow)
