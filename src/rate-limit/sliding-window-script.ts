import { LuaScript } from '../cache/lua-script.js';
import { EXACT } from './rate-limits.js';

/**
 * A window is one string: how many requests it holds (4 bytes), then its steps, oldest first: µs of the first request (8),
 * µs from it to the last (4), requests (4). At most 66 steps, so about 1 KB, whatever the limit. By the server's clock only;
 * should that be set back, it stands still for the window until it has caught up.
 */
const STEP = 16;

/**
 * KEYS: a window per policy, all in one slot; ARGV: for each its limit and its width in µs.
 * Returns granted (0 or 1), the time in µs, and for each policy what remains and the µs until more does.
 */
export const TAKE = new LuaScript(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local logs, totals, granted = {}, {}, 1
for i, key in ipairs(KEYS) do
  local limit, width = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local log = redis.call('GET', key) or ''
  local total, from = 0, 5
  if log ~= '' then
    total = struct.unpack('<I4', log)
    local first, span = struct.unpack('<dI4', log, #log - ${STEP - 1})
    if first + span > now then now = first + span end
  end
  while from < #log do
    local first, span, count = struct.unpack('<dI4I4', log, from)
    if first + span + width > now then break end
    total, from = total - count, from + ${STEP}
  end
  logs[i], totals[i] = string.sub(log, from), total
  if total >= limit then granted = 0 end
end
local reply = { granted, now }
for i, key in ipairs(KEYS) do
  local limit, width, log, total = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i]), logs[i], totals[i]
  if granted == 1 then
    local first, span, count, kept = now, 0, 0, #log
    if log ~= '' then
      local f, _, c = struct.unpack('<dI4I4', log, #log - ${STEP - 1})
      if now - f <= (limit > ${EXACT} and width / ${EXACT} or 0) then
        first, span, count, kept = f, now - f, c, #log - ${STEP}
      end
    end
    total = total + 1
    log = string.sub(log, 1, kept) .. struct.pack('<dI4I4', first, span, count + 1)
    redis.call('SET', key, struct.pack('<I4', total) .. log, 'PX', string.format('%.0f', width / 1000 + 1000))
  end
  local wait, excess, from = 0, total - limit, 1
  while from < #log and excess >= 0 do
    local first, span, count = struct.unpack('<dI4I4', log, from)
    wait, excess, from = first + span + width - now, excess - count, from + ${STEP}
  end
  if log ~= '' and wait == 0 then
    local first, span = struct.unpack('<dI4', log)
    wait = first + span + width - now
  end
  reply[2 * i + 1] = limit > total and limit - total or 0
  reply[2 * i + 2] = wait
end
return reply`);

/** KEYS: a window; ARGV: µs of the request that is taken back. */
export const GIVE_BACK = new LuaScript(`
local log, at = redis.call('GET', KEYS[1]) or '', tonumber(ARGV[1])
for from = 5, #log, ${STEP} do
  local first, span, count = struct.unpack('<dI4I4', log, from)
  if first <= at and at <= first + span then
    local step = count > 1 and struct.pack('<dI4I4', first, span, count - 1) or ''
    local total = struct.unpack('<I4', log) - 1
    if total == 0 then return redis.call('DEL', KEYS[1]) end
    redis.call('SET', KEYS[1], struct.pack('<I4', total) .. string.sub(log, 5, from - 1) .. step .. string.sub(log, from + ${STEP}), 'KEEPTTL')
    return 1
  end
end
return 0`);
