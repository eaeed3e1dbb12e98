package photos

// Strip is what is shown of an upload.
func Strip(b []byte) (full, thumb []byte, err error) {
	p, err := readPicture(b)
	if err != nil {
		return nil, nil, err
	}
	return p.full, p.thumb, nil
}

// The orientation and position in a TIFF structure.
func ReadEXIF(b []byte) (orientation byte, lon, lat *float64) {
	e := readEXIF(b)
	return e.orientation, e.lon, e.lat
}
