import { m } from '../message'

/** Texts of the planner's page. */
export const plannerMessages = {
  planner: m('数据导入', 'Import'),
} as const
