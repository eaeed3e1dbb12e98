import { start } from '../ui/start'
import Meetings from './Meetings.svelte'

start(Meetings)
