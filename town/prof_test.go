package town

import "testing"

func BenchmarkDraw(b *testing.B) {
	for range b.N {
		if _, err := draw(1, func(string) {}); err != nil {
			b.Fatal(err)
		}
	}
}
