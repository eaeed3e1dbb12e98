package sql

import "github.com/jackc/pgx/v5/pgxpool"

// TilePool is the pool that answers tiles.
func (db *DB) TilePool() *pgxpool.Pool { return db.tiles }
