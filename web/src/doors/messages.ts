import { m } from '../message'

/** Texts of the page that keeps residents' doors. */
export const doorsMessages = {
  doors: m('入口码', 'Doors'),
  doorDoorsText: m('为邻长、网格和办事厅制作二维码，居民扫码就能反映问题。', 'QR codes for neighbor heads, grids and halls, by which residents report.'),
  doorsInvite: m('登录后可以管理居民入口码。', 'Sign in to keep the residents’ doors.'),
  doorNew: m('制作入口码', 'Make a door'),
  doorNewText: m('居民扫码不用登录就能反映问题；一处只有一个码，再次制作得到同一个。', 'Residents report by it without an account. There is one for each place: made again, it is the same.'),
  doorFind: m('邻长、区域或单位的名称或代码', 'Name or code of a neighbor head, area or unit'),
  doorMade: m('{title}的入口码是 {code}', 'The door of {title} is {code}'),
  doorsTitle: m('全部入口码', 'All doors'),
  doorsNone: m('还没有入口码。在上面查找邻长、区域或单位，点一下就制作。', 'There is no door yet. Find a neighbor head, an area or a unit above and click it.'),
  doorsPrintAll: m('打印全部门牌（{n}）', 'Print all plates ({n})'),
  doorsPrintSome: m('打印所选门牌（{n}）', 'Print chosen plates ({n})'),
  doorOfHead: m('邻长', 'neighbor head'),
  doorOfGrid: m('区域', 'area'),
  doorOfHall: m('单位', 'unit'),
  doorTick: m('选择{title}', 'Choose {title}'),
  doorQR: m('{title}的二维码', 'QR code of {title}'),
  doorClose: m('停用', 'Close'),
  doorCloseText: m('停用后，{title}已张贴的码不能再用来反映问题。', 'Plates of {title} that hang anywhere will not work any more.'),
  doorPlateText: m('有事请扫码：拍照、留言，办到哪一步随时可查', 'Scan to report: take a photo, write, and follow what is done'),
} as const
