-- Posts messages to random conversations. Every request is built once, so that wrk itself costs little.
local requests = {}

function init(args)
  local prefix, body = os.getenv("BENCH_ID_PREFIX"), os.getenv("BENCH_BODY")
  local headers = {
    ["Authorization"] = "Bearer " .. os.getenv("BENCH_KEY"),
    ["Content-Type"] = "application/json",
  }
  local json = string.format('{"type":"outgoing","body":"%s"}', body)
  for n = 1, tonumber(os.getenv("BENCH_CONVERSATIONS")) do
    local path = string.format("/v1/conversations/%s%012x/messages", prefix, n)
    requests[n] = wrk.format("POST", path, headers, json)
  end
  math.randomseed(os.time())
end

function request()
  return requests[math.random(#requests)]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"microseconds":%d,"refused":%d,"broken":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
