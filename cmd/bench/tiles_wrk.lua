-- Asks for what stands in a file: path, token and address of who asks, a line each.
local threads = 0
function setup(thread)
	threads = threads + 1
	thread:set("first", threads)
end

local requests, at = {}, 0
function init(args)
	for line in io.lines(args[1]) do
		local path, token, from = line:match("(%S+) (%S+) (%S+)")
		requests[#requests + 1] = wrk.format("GET", path, {
			["Authorization"] = "Bearer " .. token, ["X-Forwarded-For"] = from, ["Accept-Encoding"] = "gzip", ["Host"] = wrk.host,
		})
	end
	at = math.floor(#requests / 3) * first
end

function request()
	at = at % #requests + 1
	return requests[at]
end

function done(summary, latency, _)
	local e = summary.errors
	io.write(string.format('told:{"Requests":%d,"Errors":%d,"Micros":%d,"P50":%.0f,"P99":%.0f}\n', summary.requests,
		e.connect + e.read + e.write + e.status + e.timeout, summary.duration, latency:percentile(50), latency:percentile(99)))
end
