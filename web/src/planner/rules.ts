import type { MessageKey } from '../messages'

/** What the rules of findings are called in words. */
const titles: Record<string, MessageKey> = {
  'geometry-missing': 'ruleGeometryMissing',
  'shape-missing': 'ruleGeometryMissing',
  'geometry-type': 'ruleGeometryType',
  'shape-type-mixed': 'ruleGeometryType',
  'shape-multipatch': 'ruleMultiPatch',
  'coordinate-not-finite': 'ruleNotFinite',
  'coordinate-out-of-range': 'ruleOutOfRange',
  'too-few-points': 'ruleTooFewPoints',
  'ring-unclosed': 'ruleUnclosed',
  'point-repeated': 'ruleRepeatedPoint',
  'ring-without-area': 'ruleRingDropped',
  'ring-order': 'ruleRingOrder',
  'ring-self-crossing': 'ruleSelfCrossing',
  'ring-self-touching': 'ruleSelfTouching',
  'ring-direction': 'ruleRingOrder',
  'ring-twice': 'ruleRingTwice',
  'interior-split': 'ruleInteriorSplit',
  'hole-outside': 'ruleHoleOutside',
  'geometry-invalid': 'ruleInvalid',
  'geometry-collection': 'ruleCollection',
  'several-points': 'ruleSeveralPoints',
  'code-twice': 'ruleCodeTwice',
  'shape-twice': 'ruleShapeTwice',
  'value-missing': 'ruleValueMissing',
  'value-not-allowed': 'ruleValueNotAllowed',
  'file-broken': 'ruleFileBroken',
  'feature-invalid': 'ruleFeatureInvalid',
  'row-ragged': 'ruleRowRagged',
  'cell-quoting': 'ruleCellQuoting',
  'cell-error': 'ruleCellError',
  'coordinate-invalid': 'ruleCoordinateInvalid',
  'code-unknown': 'ruleCodeUnknown',
  'value-personal': 'ruleValuePersonal',
  'value-too-long': 'ruleValueTooLong',
  'duplicate-key': 'ruleDuplicateKey',
  'record-corrupt': 'ruleRecordCorrupt',
  'attributes-missing': 'ruleAttributesMissing',
  'text-undecodable': 'ruleTextUndecodable',
  'text-cut': 'ruleTextCut',
  overlap: 'ruleOverlap',
  'overlap-sliver': 'ruleOverlapSliver',
  gap: 'ruleGap',
  'gap-sliver': 'ruleGapSliver',
}

/** The message that names a rule; null for one that this page does not know. */
export function ruleKey(rule: string): MessageKey | null {
  return titles[rule] ?? null
}
