import Planner from './Planner.svelte'
import { start } from '../ui/start'

start(Planner)
