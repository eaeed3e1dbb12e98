package geo_test

import (
	"fmt"

	"github.com/lintu-map/lintu/geo"
	"github.com/paulmach/orb"
)

// A planner's shapefile says in its .prj what its numbers mean.
func ExampleParseWKT() {
	crs, err := geo.ParseWKT(`PROJCS["CGCS2000_3_Degree_GK_CM_114E",
		GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],
		PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],
		PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",114.0],PARAMETER["Scale_Factor",1.0],
		PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`)
	if err != nil {
		fmt.Println(err)
		return
	}
	lon, lat := crs.Inverse(463659.87, 3116228.44) // easting first
	fmt.Printf("%s, native %v: %.6f %.6f\n", crs.Code, crs.Native(), lon, lat)
	// Output: EPSG:4547, native true: 113.630000 28.160000
}

func ExampleParseCRS() {
	crs, _ := geo.ParseCRS("EPSG:4526")
	x, y := crs.Forward(113.63, 28.16)
	fmt.Printf("%s: %.2f %.2f\n", crs.Name, x, y)

	old, _ := geo.ParseCRS("EPSG:4214")
	fmt.Println(old.Name, old.Datum, old.Native())

	_, err := geo.ParseCRS("Beijing")
	fmt.Println(err)
	// Output:
	// CGCS2000 / 3-degree Gauss-Kruger zone 38: 38463659.87 3116228.44
	// Beijing 1954 old false
	// "Beijing" is not a coordinate system; write a code such as EPSG:4547, or WKT.
}

func ExampleFromGCJ02() {
	lon, lat := geo.ToGCJ02(113.63, 28.16)
	fmt.Printf("%.6f %.6f\n", lon, lat)
	lon, lat = geo.FromGCJ02(lon, lat)
	fmt.Printf("%.6f %.6f\n", lon, lat)
	// Output:
	// 113.635449 28.156494
	// 113.630000 28.160000
}

// A file without .prj: what may its numbers be?
func ExamplePropose() {
	for _, p := range geo.Propose([4]float64{38453000, 3106000, 38473000, 3126000}) {
		fmt.Println(p)
		fmt.Println(p.Reason.EN)
	}
	// Output:
	// --crs EPSG:4526 (0.85)
	// The eastings begin with the zone number 38 (central meridian 114°); the data lies near 113.6° E, 28.2° N. Present data is mostly on CGCS2000; Beijing 54 or Xian 80 would have to be converted first.
}

// A shapefile's record with a hole that runs the wrong way.
func ExampleAssembleRings() {
	shell := orb.Ring{{0, 0}, {0, 4}, {4, 4}, {4, 0}, {0, 0}}
	hole := orb.Ring{{1, 1}, {1, 2}, {2, 2}, {2, 1}, {1, 1}}
	m, issues := geo.AssembleRings([]orb.Ring{shell, hole})
	var checker geo.Checker
	fmt.Println(len(m), len(m[0]), checker.PlainlyValid(m))
	fmt.Println(issues[0].Rule, issues[0].Text)
	// Output:
	// 1 2 true
	// ring-direction Ring 2 runs the wrong way for its place; it was turned.
}

func ExampleAppendEWKB() {
	b, _ := geo.AppendEWKB(nil, orb.Point{113.63, 28.16})
	g, _ := geo.DecodeEWKB(b)
	fmt.Println(len(b), g)
	// Output: 25 [113.63 28.16]
}
