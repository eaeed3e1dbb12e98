import type { LayerName } from '../api/types'
import type { Say } from '../lang'
import type { MessageKey } from '../messages'

const kinds: Partial<Record<LayerName, MessageKey>> = {
  counties: 'kindCounty',
  streets: 'kindStreet',
  communities: 'kindCommunity',
  groups: 'kindGroup',
  grids: 'kindGrid',
  cells: 'kindCell',
  households: 'cardHouseholdKind',
  heads: 'cardHeadKind',
  units: 'kindUnit',
}

/** What a feature of that layer is called. */
export function kindText(layer: LayerName, say: Say): string {
  return say(kinds[layer] ?? 'kindBase')
}

const values: Record<string, MessageKey> = {
  community: 'classCommunity',
  department: 'classDepartment',
  property: 'classProperty',
  police: 'classPolice',
  judicial: 'classJudicial',
  court: 'classCourt',
  procuratorate: 'classProcuratorate',
  law_firm: 'classLawFirm',
  alliance: 'classAlliance',
  temporary: 'classTemporary',
  permanent: 'stationPermanent',
  rotating: 'stationRotating',
  on_demand: 'stationOnDemand',
}

/** A unit's class or stationing in words. */
export function valueText(value: string, say: Say): string {
  const key = values[value]
  return key ? say(key) : value
}
