import { start } from '../ui/start'
import Login from './Login.svelte'

start(Login)
