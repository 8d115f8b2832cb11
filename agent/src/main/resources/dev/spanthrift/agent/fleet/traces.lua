-- What one sidecar says and asks of some traces. Each trace is one string of 41 bytes:
--   told d, price of the whole d, reserved f, weight f, path 2 x I4, errors 2 x I4,
--   flags B (1: rooted, 2 to 64: class, 128: kept somewhere only because it was told)
-- KEYS the traces; ARGV[1] their life in ms; ARGV[2] for each trace: number of questions I2, then each, kind B first.
-- Sums of hashes wrap at 64 bits, so they are kept in two halves: Lua's numbers hold 53.
local life, asked, at = ARGV[1], ARGV[2], 1
local layout, half, out = '<ddffI4I4I4I4B', 4294967296, {}
local function add(high, low, more, less)
  low = low + less
  if low >= half then low, high = low - half, high + 1 end
  high = high + more
  if high >= half then high = high - half end
  return high, low
end
for k = 1, #KEYS do
  local told, whole, reserved, weight, p1, p0, e1, e0, flags = 0, 0, 0, 1, 0, 0, 0, 0, 0
  local stored = redis.call('GET', KEYS[k])
  local known = stored and #stored == 41
  if known then
    told, whole, reserved, weight, p1, p0, e1, e0, flags = struct.unpack(layout, stored)
  end
  local renew, changed, count = false, false, 0
  count, at = struct.unpack('<I2', asked, at)
  for _ = 1, count do
    local kind
    kind, at = struct.unpack('B', asked, at)
    if kind == 1 then -- part
      local a1, a0, b1, b0, price, w, rooted
      a1, a0, b1, b0, price, w, rooted, at = struct.unpack('<I4I4I4I4dfB', asked, at)
      p1, p0 = add(p1, p0, a1, a0)
      e1, e0 = add(e1, e0, b1, b0)
      whole = whole + price
      if weight > 1 or w > 1 then weight = math.max(weight, w) else weight = math.min(weight, w) end
      if rooted == 1 and flags % 2 == 0 then flags = flags + 1 end
      known, renew = true, true
    elseif kind == 2 then -- tell: the maximum, and by the first the reservation
      local probability, class, reserve
      probability, class, reserve, at = struct.unpack('<dBf', asked, at)
      if told == 0 then
        flags, reserved = flags % 2 + 2 * class, reserve
      else
        reserve = 0
      end
      if probability > told then told = probability end
      known, renew = true, true
      out[#out + 1] = struct.pack('<f', reserve)
    elseif kind == 3 then -- spend
      local price
      price, at = struct.unpack('<d', asked, at)
      local covered = math.min(price, reserved)
      reserved = reserved - covered
      changed = changed or covered > 0
      out[#out + 1] = struct.pack('<d', covered)
    elseif kind == 4 then -- ask
      local price, kept
      price, kept, at = struct.unpack('<dB', asked, at)
      local covered = 0
      if told > 0 or kept == 1 then
        covered = math.min(price, reserved)
        reserved = reserved - covered
        changed = changed or covered > 0
      end
      if kept == 0 and told > 0 and flags < 128 then
        flags, changed = flags + 128, true
      end
      out[#out + 1] = struct.pack('<ddBdB', told, whole, flags, covered, known and 1 or 0)
    elseif kind == 5 then -- read
      out[#out + 1] = struct.pack('<I4I4I4I4dffBB', p1, p0, e1, e0, whole, weight, reserved, flags, known and 1 or 0)
    elseif kind == 7 then -- look: was it kept anywhere only because it was told?
      out[#out + 1] = struct.pack('B', told == 0 and 0 or flags < 128 and 1 or 2)
    else -- release
      out[#out + 1] = struct.pack('<f', reserved)
      changed = changed or reserved > 0
      reserved = 0
    end
  end
  if renew then
    redis.call('SET', KEYS[k], struct.pack(layout, told, whole, reserved, weight, p1, p0, e1, e0, flags), 'PX', life)
  elseif changed and known then
    redis.call('SET', KEYS[k], struct.pack(layout, told, whole, reserved, weight, p1, p0, e1, e0, flags), 'KEEPTTL')
  end
end
return table.concat(out)
