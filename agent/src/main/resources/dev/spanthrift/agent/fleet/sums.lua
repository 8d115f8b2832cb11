-- What the sidecars of a fleet have in common: the sums of their numbers, and of their reports.
-- KEYS: 1 totals (hash), 2 reports (hash), 3 pods (hash).
-- ARGV: 1 pod; 2 its numbers so far; 3 those that it knows to be counted; 4 the totals that it knew last, for an
-- engine that has forgotten them; 5 the first total is at most this; 6 what the pod says of itself;
-- 7 its report, MessagePack, or empty. Numbers are d, those of a pod only count what is new: repeats do no harm.
local pod, size = ARGV[1], #ARGV[2]
local function numbers(text)
  local all = {}
  for i = 1, size / 8 do all[i] = struct.unpack('<d', text, 8 * i - 7) end
  return all
end
local function fitting(text, other)
  if text and #text == size then return numbers(text) end
  return numbers(other)
end
local stored = redis.call('HMGET', KEYS[1], 'total', 'of:' .. pod)
local total, before, now = fitting(stored[1], ARGV[4]), fitting(stored[2], ARGV[3]), numbers(ARGV[2])
local packed = {}
for i = 1, #now do
  total[i] = total[i] + now[i] - before[i]
  if i == 1 then total[1] = math.min(total[1], tonumber(ARGV[5])) end
  packed[i] = struct.pack('<d', total[i])
end
local totals = table.concat(packed)
redis.call('HSET', KEYS[1], 'total', totals, 'of:' .. pod, ARGV[2])

-- Reports are added up by generations of five seconds of the engine's clock: who leaves is not in the next one.
local generation = math.floor(redis.call('TIME')[1] / 5)
local sum = ''
if ARGV[7] ~= '' then
  local of = redis.call('HMGET', KEYS[2], 'generation', 'growing', 'whole')
  local last, growing, whole = tonumber(of[1]), of[2], of[3]
  if last ~= generation then
    whole, growing = last and generation - last <= 12 and growing or false, false
    redis.call('EXPIRE', KEYS[1], 3456000)
    if generation % 60 == 0 then
      local all = redis.call('HGETALL', KEYS[3])
      for i = 1, #all, 2 do
        if generation - struct.unpack('<I4', all[i + 1]) > 720 then
          redis.call('HDEL', KEYS[3], all[i])
          redis.call('HDEL', KEYS[1], 'of:' .. all[i])
        end
      end
    end
  end
  local seen = redis.call('HGET', KEYS[3], pod)
  if not seen or struct.unpack('<I4', seen) ~= generation or last ~= generation then
    local sums, report = growing and cmsgpack.unpack(growing) or {}, cmsgpack.unpack(ARGV[7])
    for i, amount in pairs(report) do
      if i < 2 or i >= 60000 then -- maxima
        sums[i] = math.max(sums[i] or 0, amount)
      else
        sums[i] = (sums[i] or 0) + amount
      end
    end
    growing = cmsgpack.pack(sums)
    if whole then
      redis.call('HSET', KEYS[2], 'generation', generation, 'growing', growing, 'whole', whole)
    else
      redis.call('HSET', KEYS[2], 'generation', generation, 'growing', growing)
      redis.call('HDEL', KEYS[2], 'whole')
    end
    redis.call('HSET', KEYS[3], pod, struct.pack('<I4', generation) .. ARGV[6])
    redis.call('EXPIRE', KEYS[2], 120)
    redis.call('EXPIRE', KEYS[3], 86400)
  end
  sum = whole or growing
end
return struct.pack('<I4B', generation, sum ~= '' and (redis.call('HEXISTS', KEYS[2], 'whole')) or 0) .. totals .. sum
