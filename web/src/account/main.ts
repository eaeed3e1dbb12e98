import { start } from '../ui/start'
import Account from './Account.svelte'

start(Account)
