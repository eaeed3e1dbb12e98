import { start } from '../ui/start'
import Audit from './Audit.svelte'

start(Audit)
