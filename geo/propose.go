package geo

import (
	"math"
	"slices"
	"strconv"
)

// Proposal is a CRS that coordinates without one may be in.
type Proposal struct {
	CRS        string  // EPSG:n
	From       string  // "gcj02", "bd09": what to undo after the CRS; "" for nothing
	Confidence float64 // 0 to 1; those of one list add up to at most 1
	Reason     Text    // for the planner who must decide
}

// Propose says which CRSs coordinates with the bounds west, south, east, north
// (smallest x and y, largest x and y) may be in if they lie in China, or are
// degrees; the most likely first. It knows nothing but the numbers: whoever
// knows where the file should lie adds that evidence. None is proposed where
// nothing fits. Coordinates on Beijing 54 and Xian 80 look the same as those on
// CGCS2000; the reasons say so.
func Propose(bounds [4]float64) []Proposal {
	var all []Proposal
	switch b := bounds; {
	case !(b[0] <= b[2] && b[1] <= b[3]) || math.IsInf(b[2]-b[0], 0) || math.IsInf(b[3]-b[1], 0):
		return nil
	case b[0] >= -180 && b[2] <= 180 && b[1] >= -90 && b[3] <= 90:
		all = proposeDegrees(b)
	default:
		all = append(proposeZones(b), append(proposePrefixed(b), proposeWebMercator(b)...)...)
	}
	sum := 0.0
	for _, p := range all {
		sum += p.Confidence
	}
	for i := range all {
		all[i].Confidence /= max(1, sum)
	}
	slices.SortStableFunc(all, func(p, q Proposal) int { return sign(q.Confidence - p.Confidence) })
	return all
}

func proposeDegrees(b [4]float64) []Proposal {
	lon, lat := (b[0]+b[2])/2, (b[1]+b[3])/2
	if !onChineseSoil(lon, lat) {
		return []Proposal{{"EPSG:4326", "", 0.8, say("坐标像是经纬度，且不在中国境内，多半是 WGS 84。",
			"The coordinates look like degrees outside China, most likely WGS 84.")}}
	}
	return []Proposal{
		{"EPSG:4326", "gcj02", 0.5, say("坐标是中国境内的经纬度，又没有坐标系说明；从互联网地图（高德、腾讯等）取得的数据多为 GCJ-02，比真实位置偏 100–700 米。",
			"The coordinates are degrees in China without a stated system; data taken from Chinese web maps (Amap, Tencent) is mostly GCJ-02, 100–700 m off.")},
		{"EPSG:4490", "", 0.35, say("坐标是中国境内的经纬度；测绘部门和自然资源部门的数据多为 2000 国家大地坐标系（CGCS2000）。",
			"The coordinates are degrees in China; data of surveying authorities is mostly CGCS2000.")},
		{"EPSG:4326", "bd09", 0.1, say("坐标是中国境内的经纬度；若取自百度地图，则为 BD-09。",
			"The coordinates are degrees in China; if taken from Baidu's map, they are BD-09.")},
	}
}

// peopleByMeridian is about what per mille of China's people live in the
// three-degree zone of a central meridian, from 75E on. It ranks the zones
// where the numbers alone allow many.
var peopleByMeridian = [21]float64{2, 2, 3, 3, 8, 2, 2, 3, 12, 50, 90, 90, 110, 150, 150, 150, 70, 60, 30, 10, 3}

// proposeZones takes eastings around 500 km without a zone's number: every
// central meridian is possible that puts the northing into China.
func proposeZones(b [4]float64) []Proposal {
	far := max(math.Abs(b[0]-5e5), math.Abs(b[2]-5e5))
	if far > 345e3 { // three degrees at the tropic
		return nil
	}
	first, step := 4534, 1 // three-degree zones
	if far > 175e3 {
		first, step = 4502, 2
	}
	var all []Proposal
	total := 0.0
	for i := 0; i < len(peopleByMeridian); i += step {
		crs := byEPSG(first + i/step)
		lon, lat := crs.Inverse((b[0]+b[2])/2, (b[1]+b[3])/2)
		if !onChineseSoil(lon, lat) {
			continue
		}
		total += peopleByMeridian[i]
		all = append(all, Proposal{crs.Code, "", peopleByMeridian[i], say(
			"坐标像是不带带号的高斯-克吕格投影；若中央经线为 %g°，数据位于东经 %.1f°、北纬 %.1f° 附近。请核对位置；若原为北京 54 或西安 80，须先转换。",
			"The coordinates look like Gauss-Kruger without zone number; with the central meridian %g° the data lies near %.1f° E, %.1f° N. Please check the place; Beijing 54 or Xian 80 would have to be converted first.",
			crs.par.lon0, lon, lat)})
	}
	for i := range all {
		all[i].Confidence *= 0.85 / total
	}
	return all
}

// proposePrefixed takes eastings of eight digits: the first two are the zone,
// 25 to 45 of three degrees, 13 to 23 of six.
func proposePrefixed(b [4]float64) []Proposal {
	zone := math.Floor(b[0] / 1e6)
	code := 0
	switch {
	case math.Floor(b[2]/1e6) != zone || math.Abs(b[0]-zone*1e6-5e5) > 345e3 || math.Abs(b[2]-zone*1e6-5e5) > 345e3:
		return nil
	case zone >= 25 && zone <= 45:
		code = 4513 + int(zone) - 25
	case zone >= 13 && zone <= 23:
		code = 4491 + int(zone) - 13
	default:
		return nil
	}
	crs := byEPSG(code)
	lon, lat := crs.Inverse((b[0]+b[2])/2, (b[1]+b[3])/2)
	if !onChineseSoil(lon, lat) {
		return nil
	}
	return []Proposal{{crs.Code, "", 0.85, say(
		"横坐标前两位是带号 %g（中央经线 %g°），数据位于东经 %.1f°、北纬 %.1f° 附近；现行数据多为 CGCS2000。若原为北京 54 或西安 80，须先转换。",
		"The eastings begin with the zone number %g (central meridian %g°); the data lies near %.1f° E, %.1f° N. Present data is mostly on CGCS2000; Beijing 54 or Xian 80 would have to be converted first.",
		zone, crs.par.lon0, lon, lat)}}
}

func proposeWebMercator(b [4]float64) []Proposal {
	lon, lat := byEPSG(3857).Inverse((b[0]+b[2])/2, (b[1]+b[3])/2)
	if !onChineseSoil(lon, lat) {
		return nil
	}
	return []Proposal{
		{"EPSG:3857", "", 0.65, say("坐标像是 Web 墨卡托投影（网络地图常用），数据位于东经 %.1f°、北纬 %.1f° 附近。",
			"The coordinates look like Web Mercator, as web maps use it; the data lies near %.1f° E, %.1f° N.", lon, lat)},
		{"EPSG:3857", "gcj02", 0.2, say("坐标像是 Web 墨卡托投影；若取自国内互联网地图，还带有 GCJ-02 偏移。",
			"The coordinates look like Web Mercator; if taken from a Chinese web map, they carry the offset of GCJ-02 too.")},
	}
}

// soil is the westernmost and easternmost longitude of China by degrees of
// latitude, to about a degree; two degrees a row, from 18° N.
var soil = [][2]float64{
	{108, 112}, {99.5, 121.5}, {98, 122}, {97, 122}, {88, 122}, {82, 123}, {78, 123}, {78, 122.5}, {77.5, 121.5},
	{74, 123}, {73, 125}, {73, 130.5}, {79.5, 131.5}, {79.5, 134}, {81.5, 135.5}, {85, 135.5}, {119, 128}, {120, 127},
}

// onChineseSoil reports whether a place may be on land that China administers
// or claims, to about a degree; the islands of the South China Sea count.
func onChineseSoil(lon, lat float64) bool {
	if lat >= 3 && lat < 18 {
		return lon >= 108 && lon <= 119
	}
	if !(lat >= 18 && lat < 54) {
		return false
	}
	row := soil[int(lat-18)/2]
	return lon >= row[0] && lon <= row[1]
}

// String writes the proposal as the command line takes it.
func (p Proposal) String() string {
	s := "--crs " + p.CRS
	if p.From != "" {
		s += " --from " + p.From
	}
	return s + " (" + strconv.FormatFloat(p.Confidence, 'f', 2, 64) + ")"
}
