import { start } from '../ui/start'
import Accounts from './Accounts.svelte'

start(Accounts)
