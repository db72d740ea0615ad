/** Each script is one atomic step on one key. Values: `{"value":…}` an entry, `L:<lease>`, `W:<writer>[,<writer>…]`. */

/** Takes the lease of an absent key: 1 when it is ours. ARGV: lease, milliseconds. */
export const TAKE = `
if redis.call('SET', KEYS[1], 'L:' .. ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
return 0`;

/** Turns our lease into an entry, or gives it up when there is nothing to keep. ARGV: lease, entry, milliseconds. */
export const FILL = `
if redis.call('GET', KEYS[1]) ~= 'L:' .. ARGV[1] then return 0 end
if ARGV[2] == '' then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

/** Announces a write, in place of any entry or lease and beside other writes. ARGV: writer, milliseconds. */
export const MARK = `
local value = redis.call('GET', KEYS[1])
local writers = 'W:' .. ARGV[1]
if value and string.sub(value, 1, 2) == 'W:' then writers = value .. ',' .. ARGV[1] end
redis.call('SET', KEYS[1], writers, 'PX', ARGV[2])
return 1`;

/** Ends a write: the last one out clears the key. What is not an announcement with us in it is cleared, too. ARGV: writer. */
export const DONE = `
local value = redis.call('GET', KEYS[1])
if not value then return 0 end
local others = {}
if string.sub(value, 1, 2) == 'W:' then
  for writer in string.gmatch(string.sub(value, 3), '[^,]+') do
    if writer ~= ARGV[1] then others[#others + 1] = writer end
  end
end
if #others == 0 then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], 'W:' .. table.concat(others, ','), 'KEEPTTL')
return 0`;
