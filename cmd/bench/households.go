package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// style is how a file of households is written.
type style struct {
	minX, maxX, minY, maxY float64 // about the street office of the demo town
	entrance               float64 // distance between two entrances
	unit                   float64 // coordinates are multiples of it
	prj, cpg               string
	text                   func(string) (string, error)
}

var (
	// planners is what a planner's GIS writes: EPSG:4547 in metres, and GBK.
	planners = style{455000, 470000, 3110000, 3125000, 12, 1e-3, prj4547, "GBK", simplifiedchinese.GBK.NewEncoder().String}
	// plain leaves nothing to convert: EPSG:4326 and UTF-8.
	plain = style{113.55, 113.70, 28.08, 28.22, 12e-5, 1e-7, prj4326, "UTF-8", func(s string) (string, error) { return s, nil }}
)

// perBuilding households share a building and stand at one of its four entrances.
const perBuilding = 24

const prj4547 = `PROJCS["CGCS2000_3_Degree_GK_CM_114E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",114.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`

const prj4326 = `GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`

// column is one DBF column of type C.
type column struct {
	name  string
	width int
}

const spaces = "                                                            "

var columns = []column{{"HH_CODE", 20}, {"ADDRESS", 60}, {"BUILDING", 16}}

// writeHouseholds writes n households as base.shp, .shx, .dbf, .prj and .cpg.
// The same arguments give the same bytes.
func writeHouseholds(base string, n int, st style) error {
	files := make([]*bufio.Writer, 3)
	for i, ext := range []string{".shp", ".shx", ".dbf"} {
		f, err := os.Create(base + ext)
		if err != nil {
			return err
		}
		defer f.Close()
		files[i] = bufio.NewWriterSize(f, 1<<20)
	}
	shp, shx, dbf := files[0], files[1], files[2]
	const content = 20 // a point: type, x, y
	shp.Write(st.header(100 + n*(8+content)))
	shx.Write(st.header(100 + n*8))
	dbf.Write(tableHeader(n))

	street, err := st.text("浏阳市集里街道神仙坳社区")
	if err != nil {
		return err
	}
	lane, err := st.text("号楼")
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(430181, 1))
	var x, y float64
	for i := range n {
		if i%perBuilding == 0 {
			x = math.Round((st.minX+random.Float64()*(st.maxX-st.minX))/st.unit) * st.unit
			y = math.Round((st.minY+random.Float64()*(st.maxY-st.minY))/st.unit) * st.unit
		}
		entrance := i % perBuilding / 6
		var rec [8 + content]byte
		binary.BigEndian.PutUint32(rec[0:], uint32(i+1))
		binary.BigEndian.PutUint32(rec[4:], content/2)
		binary.LittleEndian.PutUint32(rec[8:], 1)
		binary.LittleEndian.PutUint64(rec[12:], math.Float64bits(x+float64(entrance)*st.entrance))
		binary.LittleEndian.PutUint64(rec[20:], math.Float64bits(y))
		shp.Write(rec[:])
		var index [8]byte
		binary.BigEndian.PutUint32(index[0:], uint32((100+i*len(rec))/2))
		binary.BigEndian.PutUint32(index[4:], content/2)
		shx.Write(index[:])
		building := i / perBuilding
		dbf.WriteByte(' ') // not deleted
		for c, value := range []string{fmt.Sprintf("430181001%09d", i+1),
			fmt.Sprintf("%s%d%s%d-%d", street, building+1, lane, entrance+1, i%6+1), fmt.Sprintf("B%08d", building+1)} {
			dbf.WriteString(value)
			dbf.WriteString(spaces[:columns[c].width-len(value)]) // in bytes
		}
	}
	dbf.WriteByte(0x1a)
	for _, w := range files { // a failed Write shows here
		if err := w.Flush(); err != nil {
			return err
		}
	}
	if err := os.WriteFile(base+".prj", []byte(st.prj), 0o644); err != nil {
		return err
	}
	return os.WriteFile(base+".cpg", []byte(st.cpg), 0o644)
}

// header is the 100-byte header of a .shp or .shx of that many bytes with points.
func (st style) header(bytes int) []byte {
	h := make([]byte, 100)
	binary.BigEndian.PutUint32(h[0:], 9994)
	binary.BigEndian.PutUint32(h[24:], uint32(bytes/2))
	binary.LittleEndian.PutUint32(h[28:], 1000)
	binary.LittleEndian.PutUint32(h[32:], 1)
	for i, v := range []float64{st.minX, st.minY, st.maxX + 3*st.entrance, st.maxY} {
		binary.LittleEndian.PutUint64(h[36+8*i:], math.Float64bits(v))
	}
	return h
}

// tableHeader is the header of a dBASE III table of n rows.
func tableHeader(n int) []byte {
	width := 1
	h := make([]byte, 32, 32+32*len(columns)+1)
	for _, c := range columns {
		var d [32]byte
		copy(d[:10], c.name)
		d[11], d[16] = 'C', byte(c.width)
		h = append(h, d[:]...)
		width += c.width
	}
	h = append(h, 0x0d)
	h[0], h[1], h[2], h[3] = 3, 126, 1, 1
	binary.LittleEndian.PutUint32(h[4:], uint32(n))
	binary.LittleEndian.PutUint16(h[8:], uint16(len(h)))
	binary.LittleEndian.PutUint16(h[10:], uint16(width))
	return h
}
