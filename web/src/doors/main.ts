import { start } from '../ui/start'
import Doors from './Doors.svelte'

start(Doors)
