-- wrk: posts each line of BODIES (signature TAB body) once. "RES" = requests/s, p50 ms, p99 ms, errors, wrapped around.
local lines, at = {}, 0
for line in io.lines(os.getenv("BODIES")) do
  local tab = line:find("\t", 1, true)
  lines[#lines + 1] = { line:sub(1, tab - 1), line:sub(tab + 1) }
end
request = function()
  at = at + 1
  local one = lines[(at - 1) % #lines + 1]
  return wrk.format("POST", nil, { ["Content-Type"] = "application/json", ["X-Hub-Signature-256"] = one[1] }, one[2])
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("RES %.1f %.3f %.3f %d %d\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    e.connect + e.read + e.write + e.status + e.timeout, summary.requests))
end
