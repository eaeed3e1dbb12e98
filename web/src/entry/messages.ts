import { m } from '../message'

/** Texts of the entry page. */
export const entryMessages = {
  entryTitle: m('家家有灯，灯下有人', 'A light for every home, somebody for every light'),
  entryText: m(
    '邻图是一张邻里治理的地图：社区、网格、每一户和照看他们的邻长，都在同一张图上。',
    'lintu is the map of a neighbourhood: its communities and grids, every household, and the neighbor head who looks after it.',
  ),
  entryDoors: m('从这里进入', 'Where to go from here'),
  doorWall: m('大屏地图', 'Wall map'),
  doorWallText: m('看全域：谁住在哪里，谁在照看。点一户，亮起它的邻长和同组各户。', 'See the whole town: who lives where, and who looks after them. Click a home to light up its neighbor head.'),
  doorFieldText: m('在手机上上报和办理，没有网络也能用；请用手机打开这一页。', 'Report and act on a phone, without a network too; open this page on yours.'),
  doorConsoleText: m('案卷队列、地图和办理：派遣、审批、督办、核查。', 'The queue of cases, the map and what can be done: dispatch, decide, supervise, check.'),
  doorPlanner: m('数据导入', 'Import'),
  doorPlannerText: m('把 shapefile 或 GeoJSON 拖进来，看清每一处改动，再确认入库。', 'Drop a shapefile or GeoJSON, see what it would change, then apply it.'),
  doorAccountsText: m('新建和停用账号，授予和收回角色。', 'Add and disable accounts, grant and revoke roles.'),
  doorAuditText: m('谁在何时何地做了什么：查找、核验、导出。', 'Who did what, when and from where: search, verify, export.'),
  doorData: m('数据接口', 'Data access'),
  doorDataText: m('OGC API – Features 与矢量瓦片，可直接用 QGIS、GDAL 打开。', 'OGC API – Features and vector tiles, for QGIS, GDAL and your own programs.'),
  entryNow: m('{town} 当前数据', '{town} at present'),
  entryPictureAreas: m('{town}各社区轮廓的示意图', 'Picture of the communities of {town}'),
  entryPicture: m('{town}各社区轮廓与邻长分布的示意图', 'Picture of the communities of {town} and their neighbor heads'),
} as const
