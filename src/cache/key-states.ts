import { LuaScript } from './lua-script.js';

/**
 * What a key can hold, besides nothing:
 *   `L:<id>`                      somebody loads the value and may fill it in
 *   `W:<id>@<ms>,<id>@<ms>,…`     writes in flight, each with the time (the server's) when it is forgotten
 *   anything else                 the entry: JSON never begins with one of these letters
 */
export const LEASE_MS = 5_000;
export const WRITE_MS = 10_000;

/** The key in an epoch: entries of older epochs are out of reach, and leave by their own time limit. */
export const placeOf = (epoch: number, key: string): string => `e${epoch}:${key}`;

export const leaseOf = (id: string): string => `L:${id}`;

const LETTER = { lease: 76, write: 87 };

export const isEntry = (found: string): boolean => {
  const letter = found.charCodeAt(0);
  return letter !== LETTER.lease && letter !== LETTER.write;
};

/** Sets `now` and `others`: the writes in flight except the one of ARGV[1] and those that were forgotten. */
const OTHERS = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local held = redis.call('GET', KEYS[1])
local others, latest = {}, now
if held and string.sub(held, 1, 2) == 'W:' then
  for id, expiry in string.gmatch(string.sub(held, 3), '([^@,]+)@(%d+)') do
    if id ~= ARGV[1] and tonumber(expiry) > now then
      others[#others + 1] = id .. '@' .. expiry
      latest = math.max(latest, tonumber(expiry))
    end
  end
end
`;

/** KEYS: key; ARGV: id, ms. Whatever the key held, a lease or an entry too, is gone. */
export const MARK = new LuaScript(`${OTHERS}
others[#others + 1] = string.format('%s@%.0f', ARGV[1], now + ARGV[2])
redis.call('SET', KEYS[1], 'W:' .. table.concat(others, ','), 'PX', ARGV[2])
return 1`);

/** KEYS: key; ARGV: id. The last one out removes the key. */
export const UNMARK = new LuaScript(`${OTHERS}
if #others == 0 then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], 'W:' .. table.concat(others, ','), 'PX', string.format('%.0f', latest - now))
end
return 1`);

/** KEYS: key; ARGV: lease, entry ('' gives the lease back), ms. Only for the holder of the lease: a late fill meets a marker. */
export const FILL = new LuaScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return 1`);
