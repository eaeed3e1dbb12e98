import Console from './Console.svelte'
import { start } from '../ui/start'

start(Console)
