/** What all scripts use. Redis carries out a script as a whole, so those on one run happen one after the other. */
const COMMON = `
local run, devices, events, lines = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local ENDS = { done = true, failed = true, offline = true, unknown = true }

local function number(field)
  return tonumber(redis.call('HGET', run, field) or '0')
end

local function add(field, count)
  return redis.call('HINCRBY', run, field, count)
end

local function stop(reason)
  redis.call('HSETNX', run, 'stopped', reason)
end

local function device(id)
  local text = redis.call('HGET', devices, id)
  return text and cjson.decode(text)
end

local function keep(id, record)
  redis.call('HSET', devices, id, cjson.encode(record))
end

local function note(entry, change, line)
  local time = redis.call('TIME')
  local at = time[1] * 1000 + math.floor(time[2] / 1000)
  local sequence = add('sequence', 1)
  redis.call('HSET', events, sequence, cjson.encode({ at = at, entry = entry, change = change }))
  if line then redis.call('HSET', lines, sequence, line) end
  return at
end

-- A device that was at work is left in another state.
local function leave(id, record, state, entry, line)
  record.state, record.last, record.at = state, entry, note(entry, nil, line)
  keep(id, record)
  add('running', -1)
end

-- A device that is at work with this claim.
local function claimed(id, token)
  local record = device(id)
  if record and record.token == tonumber(token) then return record end
end
`

const script = (text: string) => ({ numberOfKeys: 4, lua: COMMON + text })

/** Scripts, by the names of the commands that they become. Each has the keys of a run: itself, its devices, events and lines. */
export const SCRIPTS = {
  /** shared, ids as a JSON array of texts, how many go first, the most failures or nothing, reasons to stop for the first and the second */
  cbcCreate: script(`
if redis.call('EXISTS', run) == 1 then return 0 end
local ids, firsts = cjson.decode(ARGV[2]), tonumber(ARGV[3])
redis.call('HSET', run, 'shared', ARGV[1], 'unsettled', #ids, 'firsts', firsts, 'maxFailures', ARGV[4], 'canaryReason', ARGV[5], 'failuresReason', ARGV[6])
for place, id in ipairs(ids) do
  keep(id, { state = 'not begun', token = 0, first = place <= firsts })
end
return 1
`),

  cbcRead: script(`
local shared, stopped = unpack(redis.call('HMGET', run, 'shared', 'stopped'))
if not shared then return false end
local over = number('running') == 0 and (number('unsettled') == 0 or stopped)
return { shared, stopped, over and 1 or 0 }
`),

  /** id, number of the last claim, entry, entry for one that was not begun after all */
  cbcClaim: script(`
local id, entry, unbegun = ARGV[1], ARGV[3], ARGV[4]
local record = device(id)
if not record then return cjson.encode({ kind = 'absent' }) end
if ENDS[record.state] then return cjson.encode({ kind = 'settled' }) end
-- Somebody has claimed it since; or this was sent before that, given up, and carried out only now.
if record.token ~= tonumber(ARGV[2]) then return cjson.encode({ kind = 'moved', token = record.token }) end
local running = record.state == 'running'
local kept = running and record.change or nil
-- What may have been made is found out even when the run is stopped.
if not kept and redis.call('HEXISTS', run, 'stopped') == 1 then
  if running then leave(id, record, 'not begun', unbegun) end
  return cjson.encode({ kind = 'stopped' })
end
if not running and not record.first and number('firsts') > 0 then return cjson.encode({ kind = 'later' }) end
local at = note(entry, kept)
local token = record.token + 1
keep(id, { state = 'running', token = token, first = record.first, change = kept, begun = kept and record.begun or at })
if not running then add('running', 1) end
record.kind, record.token = 'claimed', token
return cjson.encode(record)
`),

  /** id, token, entry, change */
  cbcIntent: script(`
local record = claimed(ARGV[1], ARGV[2])
if not record or record.state ~= 'running' then return 0 end
record.change = ARGV[4]
note(ARGV[3], record.change)
keep(ARGV[1], record)
return 1
`),

  /** id, token, state, entry, line */
  cbcSettle: script(`
local id, state = ARGV[1], ARGV[3]
local record = claimed(id, ARGV[2])
if not record then return 0 end
-- Told again, because the answer was lost.
if ENDS[record.state] then return 1 end
if record.state ~= 'running' then return 0 end
leave(id, record, state, ARGV[4], ARGV[5])
add('unsettled', -1)
if record.first then
  add('firsts', -1)
  if state ~= 'done' then stop(redis.call('HGET', run, 'canaryReason')) end
end
if state == 'failed' or state == 'unknown' then
  local most = tonumber(redis.call('HGET', run, 'maxFailures'))
  if add('failures', 1) >= (most or math.huge) then stop(redis.call('HGET', run, 'failuresReason')) end
end
return 1
`),

  /** id, token, state, entry */
  cbcRelease: script(`
local id, state = ARGV[1], ARGV[3]
local record = claimed(id, ARGV[2])
if not record then return 0 end
if record.state == state then return 1 end
if record.state ~= 'running' then return 0 end
leave(id, record, state, ARGV[4])
return 1
`),

  /** after, how many at most, how many bytes of lines end a page */
  cbcEvents: script(`
local first, size, page = tonumber(ARGV[1]) + 1, 0, {}
for sequence = first, math.min(number('sequence'), first + tonumber(ARGV[2]) - 1) do
  if size >= tonumber(ARGV[3]) then break end
  local line = redis.call('HGET', lines, sequence)
  size = size + (line and #line or 0)
  page[#page + 1] = { sequence, redis.call('HGET', events, sequence), line }
end
return page
`),

  /** reason */
  cbcStop: script(`
if redis.call('EXISTS', run) == 1 then stop(ARGV[1]) end
return 1
`),

  /** ids, entries, both as JSON arrays of texts */
  cbcAgain: script(`
if redis.call('EXISTS', run) == 0 then return {} end
local entries, again = cjson.decode(ARGV[2]), {}
redis.call('HSET', run, 'failures', 0)
redis.call('HDEL', run, 'stopped')
for index, id in ipairs(cjson.decode(ARGV[1])) do
  local record = device(id)
  if record and ENDS[record.state] then
    record.state, record.last, record.at = 'not begun', entries[index], note(entries[index])
    keep(id, record)
    add('unsettled', 1)
    if record.first then add('firsts', 1) end
    again[#again + 1] = id
  end
end
return again
`),

  cbcRemove: script(`
return redis.call('UNLINK', run, devices, events, lines)
`),
} as const
