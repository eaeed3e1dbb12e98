package api

import "github.com/gofiber/fiber/v2"

// Headers of tiles by their names as fasthttp keeps and sends them, so that it does not
// bring each name into that form again.
var (
	acceptEncodingKey = []byte(fiber.HeaderAcceptEncoding)
	authorizationKey  = []byte(fiber.HeaderAuthorization)
	cacheControlKey   = []byte(fiber.HeaderCacheControl)
	etagKey           = []byte("Etag")
	forwardedProtoKey = []byte(fiber.HeaderXForwardedProto)
	ifNoneMatchKey    = []byte(fiber.HeaderIfNoneMatch)
	originKey         = []byte(fiber.HeaderOrigin)
	requestIDKey      = []byte("X-Request-Id")
	varyKey           = []byte(fiber.HeaderVary)
)
