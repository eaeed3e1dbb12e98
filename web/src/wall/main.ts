import Wall from './Wall.svelte'
import { start } from '../ui/start'

start(Wall)
