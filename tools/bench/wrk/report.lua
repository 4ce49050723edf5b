-- What wrk has counted, as one line of JSON. A script that wants its answers by status sets `count_statuses`, and may
-- give them other names by `classify`.
local threads = {}
seen = {}

function setup(thread)
   thread:set("number", #threads)
   table.insert(threads, thread)
end

if count_statuses then
   function response(status, headers, body)
      local kind = tostring(classify and classify(status, headers) or status)
      seen[kind] = (seen[kind] or 0) + 1
   end
end

function done(summary, latency, requests)
   local parts = {}
   for _, thread in ipairs(threads) do
      for kind, many in pairs(thread:get("seen")) do
         table.insert(parts, string.format('{"%s": %d}', kind, many))
      end
   end
   local e = summary.errors
   io.write(string.format(
      'BENCH {"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, ' ..
      '"refused": %d, "broken": %d, "statuses": [%s]}\n',
      summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
      e.status, e.connect + e.read + e.write + e.timeout, table.concat(parts, ", ")))
end
