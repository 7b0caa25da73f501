/* SPDX-License-Identifier: Apache-2.0
 * redis_scripts.c - the scripts, in Lua 5.1 as Redis 7 runs it.
 *
 * Numbers in Lua are doubles: exact up to 2^53, and to be printed with %.0f, since tostring() turns
 * to exponents at 10^14. A fence is compared as text. */
#include "store/redis_scripts.h"

#include "util/check.h"

/* The stream's last number, also when its entries were trimmed away. */
#define LUA_LAST_SEQ                                                 \
	"local function last_seq(key)\n"                             \
	"  if redis.call('EXISTS', key) == 0 then return 0 end\n"    \
	"  local info = redis.call('XINFO', 'STREAM', key)\n"        \
	"  for i = 1, #info, 2 do\n"                                 \
	"    if info[i] == 'last-generated-id' then\n"               \
	"      return tonumber(string.match(info[i + 1], '^%d+'))\n" \
	"    end\n"                                                  \
	"  end\n"                                                    \
	"  return 0\n"                                               \
	"end\n"

/* ARGV from `first` to `last` are names and texts; unpack() has a limit of some thousands. */
#define LUA_PUT_FIELDS                                                            \
	"local function put_fields(key, first, last)\n"                           \
	"  for i = first, last, 1000 do\n"                                        \
	"    redis.call('HSET', key, unpack(ARGV, i, math.min(i + 999, last)))\n" \
	"  end\n"                                                                 \
	"end\n"

/*
 * True when the lease is held with exactly this fence; one that ran out is taken again, if no newer
 * fence was given out in between. The last one is kept with its owner: a Redis that failed over may
 * have forgotten a fence and given it out twice.
 */
#define LUA_HOLD                                                                   \
	"local function hold(owner, fence, ttl)\n"                                 \
	"  local mine = owner .. ' ' .. fence\n"                                   \
	"  local lease = redis.call('GET', KEYS[1])\n"                             \
	"  if lease == mine then return true end\n"                                \
	"  if lease or redis.call('GET', KEYS[2]) ~= mine then return false end\n" \
	"  redis.call('SET', KEYS[1], mine, 'PX', ttl)\n"                          \
	"  return true\n"                                                          \
	"end\n"

/*
 * Whose an exec hash is; nil: that is not known. Before it was written beside "@", only the header had it.
 */
#define LUA_EXECUTION_OF                                                                    \
	"local function execution_of(key)\n"                                                \
	"  local at = redis.call('HGET', key, '@') or ''\n"                                 \
	"  local id = string.match(at, '^%d+ ([%w_-]+)')\n"                                 \
	"  if not id then\n"                                                                \
	"    local good, header = pcall(cjson.decode, redis.call('HGET', key, '') or '')\n" \
	"    id = good and type(header) == 'table' and header.execution_id\n"               \
	"    id = type(id) == 'string' and string.match(id, '^[%w_-]+$')\n"                 \
	"  end\n"                                                                           \
	"  return id and #id <= 64 and id or nil\n"                                         \
	"end\n"

/*
 * KEYS lease fence exec events history unfinished past; ARGV owner ttl resume header member now old newest field text
 * ... The unfinished one is "G:E". To resume, it must be of this graph: the member is "G:" then. Else
 * there must be none, or it is this very one, begun again since the answer was lost, or so late that it has run
 * since: then all stays as it is. One that is over is not begun again. Its score is after all others of the history,
 * whatever the clocks of those who began them say; a `newest` that is not "*" must be the last of these. The field "@" is
 * where the execution's events begin.
 *
 * What was the graph's last execution, `old`, is kept under a key of its own. Which that is, only the hash says: a
 * key that was not said first must not be touched (a slot may be on its way to another node), so it is asked for. What
 * is nobody's goes.
 */
static const char begin_text[] = LUA_LAST_SEQ LUA_PUT_FIELDS LUA_EXECUTION_OF
    "local lease = redis.call('GET', KEYS[1])\n"
    "if lease and string.match(lease, '^(.*) ') ~= ARGV[1] then return {1, lease} end\n"
    "local resume, member = ARGV[3] == '1', ARGV[5]\n"
    "local unfinished = redis.call('GET', KEYS[6]) or ''\n"
    "if resume and string.sub(unfinished, 1, #member) ~= member then return {4} end\n"
    "if not resume and unfinished ~= '' and unfinished ~= member then return {5, unfinished} end\n"
    "local last = last_seq(KEYS[4])\n"
    "local is_it = unfinished == member\n"
    "if not resume and not is_it and redis.call('ZSCORE', KEYS[5], member) then\n"
    "  return {1, lease or '- 0'}\n"
    "end\n"
    "local newest = redis.call('ZREVRANGE', KEYS[5], 0, 0, 'WITHSCORES')\n"
    "if not resume and not is_it and ARGV[8] ~= '*' and ARGV[8] ~= (newest[1] or '') then\n"
    "  return {7}\n"
    "end\n"
    "local old = not resume and not is_it and execution_of(KEYS[3])\n"
    "if old and old ~= ARGV[7] then return {6, old} end\n"
    "local fence = tonumber(string.match(redis.call('GET', KEYS[2]) or ' 0', '%d+$')) + 1\n"
    "local mine = ARGV[1] .. ' ' .. string.format('%.0f', fence)\n"
    "redis.call('SET', KEYS[1], mine, 'PX', ARGV[2])\n"
    "redis.call('SET', KEYS[2], mine)\n"
    "if not resume and not is_it then\n"
    "  redis.call('SET', KEYS[6], member)\n"
    "  if old then\n"
    "    local after = string.match(redis.call('HGET', KEYS[3], '@') or '', '^%d+') or '0'\n"
    "    redis.call('HSET', KEYS[3], '@', string.format('%s %s %.0f', after, old, last))\n"
    "    redis.call('RENAME', KEYS[3], KEYS[7])\n"
    "  else\n"
    "    redis.call('UNLINK', KEYS[3])\n"
    "  end\n"
    "  local id = string.match(member, ':(.*)$')\n"
    "  redis.call('HSET', KEYS[3], '', ARGV[4], '@', string.format('%.0f %s', last, id))\n"
    "  put_fields(KEYS[3], 9, #ARGV)\n"
    "  local score = math.max(tonumber(ARGV[6]), tonumber(newest[2] or '-1') + 1)\n"
    "  redis.call('ZADD', KEYS[5], string.format('%.0f', score), member)\n"
    "end\n"
    "return {0, fence, last}\n";

/*
 * KEYS lease fence exec events; ARGV owner ttl fence seq channel fields_n field text ... event ...
 * A publish that is not allowed must not break the script in its middle, hence pcall.
 */
static const char append_text[] = LUA_LAST_SEQ LUA_PUT_FIELDS LUA_HOLD
    "if not hold(ARGV[1], ARGV[3], ARGV[2]) then return {2} end\n"
    "local seq = tonumber(ARGV[4])\n"
    "local last = last_seq(KEYS[4])\n"
    "local fields_end = 6 + 2 * tonumber(ARGV[6])\n"
    "if seq > last then return {3, last} end\n"
    /* One that comes late, after it was repeated, must not take records back to what they were. */
    "if seq == last or seq + #ARGV - fields_end > last then\n"
    "  put_fields(KEYS[3], 7, fields_end)\n"
    "end\n"
    "for i = fields_end + 1, #ARGV do\n"
    "  seq = seq + 1\n"
    "  if seq > last then\n"
    "    redis.call('XADD', KEYS[4], string.format('%.0f-0', seq), 'event', ARGV[i])\n"
    "    redis.pcall('PUBLISH', ARGV[5], ARGV[i])\n"
    "    last = seq\n"
    "  end\n"
    "end\n"
    "return {0, last}\n";

/* KEYS lease fence unfinished; ARGV owner ttl fence */
static const char renew_text[] =
    LUA_HOLD "if not hold(ARGV[1], ARGV[3], ARGV[2]) then return {2} end\n"
	     "redis.call('PEXPIRE', KEYS[1], ARGV[2])\n"
	     "return {0}\n";

/*
 * The next fence is nobody's: a write that comes late finds its own outdated, and can't re-take a
 * lease that was given back. Given back twice is fine, but not if another has had it in between.
 */
#define LUA_GIVE_BACK                                                                  \
	"local mine = ARGV[1] .. ' ' .. ARGV[3]\n"                                     \
	"local over = '- ' .. string.format('%.0f', tonumber(ARGV[3]) + 1)\n"          \
	"local lease, last = redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2])\n" \
	"if lease and lease ~= mine then return {2} end\n"                             \
	"if last ~= mine and last ~= over then return {2} end\n"                       \
	"redis.call('DEL', KEYS[1])\n"                                                 \
	"redis.call('SET', KEYS[2], over)\n"

/* KEYS lease fence unfinished; ARGV owner ttl fence */
static const char release_text[] = LUA_GIVE_BACK "return {0}\n";

/* KEYS lease fence unfinished; ARGV owner ttl fence */
static const char finish_text[] = LUA_GIVE_BACK "redis.call('DEL', KEYS[3])\n"
						"return {0}\n";

/* KEYS exec past; ARGV execution. Nothing when neither is its. */
static const char header_text[] =
    LUA_EXECUTION_OF "local key = execution_of(KEYS[1]) == ARGV[1] and KEYS[1] or KEYS[2]\n"
		     "return redis.call('HGET', key, '')\n";

/* KEYS exec [past]; ARGV execution cursor count. With "" of the graph's last one, whose id is told. No header when it has gone. */
static const char read_text[] = LUA_EXECUTION_OF
    "local key, id = KEYS[1], execution_of(KEYS[1])\n"
    "if ARGV[1] ~= '' and id ~= ARGV[1] then key, id = KEYS[2], ARGV[1] end\n"
    "if not key then return {id, false} end\n"
    "local page = redis.call('HSCAN', key, ARGV[2], 'COUNT', ARGV[3])\n"
    "return {id or '', redis.call('HGET', key, ''), redis.call('HGET', key, '@'), page[1],\n"
    "  page[2]}\n";

/* What is never dropped. */
#define LUA_IS_KEPT                                                 \
	"local newest = redis.call('ZRANGE', KEYS[1], -1, -1)[1]\n" \
	"local unfinished = redis.call('GET', KEYS[2])\n"           \
	"local function is_kept(member)\n"                          \
	"  return member == newest or member == unfinished\n"       \
	"end\n"

/* KEYS history unfinished; ARGV how many are kept (0: all), from when on, how many may go */
static const char oldest_text[] = LUA_IS_KEPT
    "local keep, from, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])\n"
    "local left, out = redis.call('ZCARD', KEYS[1]), {}\n"
    "local all = redis.call('ZRANGE', KEYS[1], 0, most - 1, 'WITHSCORES')\n"
    "for i = 1, #all, 2 do\n"
    "  if (keep > 0 and left > keep or tonumber(all[i + 1]) < from) and not is_kept(all[i]) then\n"
    "    out[#out + 1] = all[i]\n"
    "  end\n"
    "  left = left - 1\n"
    "end\n"
    "return out\n";

/*
 * KEYS history unfinished specs, then past exec events of each; ARGV members of the history, the oldest first:
 * so events up to its last one are of nobody who is kept.
 */
static const char drop_text[] = LUA_LAST_SEQ LUA_EXECUTION_OF LUA_IS_KEPT
    "local n = 0\n"
    "for i, member in ipairs(ARGV) do\n"
    "  local past, exec, events = KEYS[3 * i + 1], KEYS[3 * i + 2], KEYS[3 * i + 3]\n"
    "  local score = redis.call('ZSCORE', KEYS[1], member)\n"
    "  if score and not is_kept(member) then\n"
    "    local graph, id = string.match(member, '^(.-):(.*)$')\n"
    "    local last\n"
    "    if execution_of(exec) == id then\n"
    "      last = last_seq(events)\n"
    "      redis.call('UNLINK', exec)\n"
    "    else\n"
    "      last = tonumber(string.match(redis.call('HGET', past, '@') or '', ' (%d+)$') or 0)\n"
    "      redis.call('UNLINK', past)\n"
    "    end\n"
    "    redis.call('XTRIM', events, 'MINID', string.format('%.0f', last + 1))\n"
    "    redis.call('ZADD', KEYS[3], 'NX', score, graph)\n"
    "    redis.call('ZREM', KEYS[1], member)\n"
    "    n = n + 1\n"
    "  end\n"
    "end\n"
    "return n\n";

/* Before when a graph was put that nobody needs: all that is kept began later, and it is not about to be run. */
#define LUA_SINCE                                                               \
	"local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]\n" \
	"local since = math.min(tonumber(ARGV[1]), tonumber(oldest or 0))\n"

/* KEYS history specs; ARGV since when one may be about to be run, how many may go */
static const char superseded_text[] = LUA_SINCE
    "return redis.call('ZRANGE', KEYS[2], '-inf', string.format('(%.0f', since), 'BYSCORE',\n"
    "  'LIMIT', 0, ARGV[2])\n";

/*
 * KEYS history specs, then exec spec events archived archiving of each; ARGV since, "planned" or "superseded", graphs. Those
 * that went. One that was only planned goes by its time, whatever is kept of others.
 */
static const char drop_graphs_text[] =
    LUA_SINCE "if ARGV[2] == 'planned' then since = tonumber(ARGV[1]) end\n"
	      "local out = {}\n"
	      "for i = 3, #ARGV do\n"
	      "  local at = 5 * (i - 3) + 3\n"
	      "  local put = tonumber(redis.call('ZSCORE', KEYS[2], ARGV[i]))\n"
	      "  if put and put < since and redis.call('EXISTS', KEYS[at]) == 0 then\n"
	      "    redis.call('UNLINK', KEYS[at + 1], KEYS[at + 2], KEYS[at + 3], KEYS[at + 4])\n"
	      "    redis.call('ZREM', KEYS[2], ARGV[i])\n"
	      "    out[#out + 1] = ARGV[i]\n"
	      "  end\n"
	      "end\n"
	      "return out\n";

/* KEYS archived events archiving */
#define LUA_ARCHIVED "return {0, redis.call('GET', KEYS[1]) or '', last_seq(KEYS[2])}\n"

static const char archive_get_text[] = LUA_LAST_SEQ LUA_ARCHIVED;

/* ARGV owner ttl */
static const char archive_take_text[] =
    LUA_LAST_SEQ "local has = redis.call('GET', KEYS[3])\n"
		 "if has and has ~= ARGV[1] then return {1, has} end\n"
		 "redis.call('SET', KEYS[3], ARGV[1], 'PX', ARGV[2])\n" LUA_ARCHIVED;

/* ARGV owner marker */
static const char archive_put_text[] =
    "if redis.call('GET', KEYS[3]) ~= ARGV[1] then return {2} end\n"
    "redis.call('SET', KEYS[1], ARGV[2])\n"
    "redis.call('DEL', KEYS[3])\n"
    "return {0}\n";

/* KEYS index; ARGV member, the time that was seen, the next one or 0 */
static const char archive_settle_text[] =
    "if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1])) == tonumber(ARGV[2]) then\n"
    "  if ARGV[3] == '0' then redis.call('ZREM', KEYS[1], ARGV[1])\n"
    "  else redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1]) end\n"
    "end\n"
    "return {0}\n";

/* KEYS unfinished verified events */
static const char verified_get_text[] =
    LUA_LAST_SEQ "return {0, redis.call('GET', KEYS[2]) or '', last_seq(KEYS[3])}\n";

/* ARGV record channel seq event, which is "" for none. Nobody else numbers events while no execution is unfinished. */
static const char verified_put_text[] =
    LUA_LAST_SEQ "local unfinished = redis.call('GET', KEYS[1])\n"
		 "if unfinished then return {5, unfinished} end\n"
		 "local last = last_seq(KEYS[3])\n"
		 "if ARGV[4] ~= '' then\n"
		 "  if tonumber(ARGV[3]) ~= last then\n"
		 "    if redis.call('GET', KEYS[2]) == ARGV[1] then return {0, last} end\n"
		 "    return {3, last}\n"
		 "  end\n"
		 "  last = last + 1\n"
		 "  redis.call('XADD', KEYS[3], string.format('%.0f-0', last), 'event', ARGV[4])\n"
		 "  redis.pcall('PUBLISH', ARGV[2], ARGV[4])\n"
		 "end\n"
		 "redis.call('SET', KEYS[2], ARGV[1])\n"
		 "return {0, last}\n";

/*
 * KEYS events told; ARGV how most channel, then of each graph its name, after, last. Of one that nothing is known of, those
 * after `after` are new. Who begins an execution says what is the stream's end: if more was told, it is lost, and its
 * numbers come again.
 */
static const char tell_text[] = LUA_LAST_SEQ
    "local number = last_seq(KEYS[1])\n"
    "for i = 4, #ARGV, 3 do\n"
    "  local graph, last = ARGV[i], tonumber(ARGV[i + 2])\n"
    "  local have = tonumber(redis.call('HGET', KEYS[2], graph) or ARGV[i + 1])\n"
    "  if last > have then\n"
    "    number = number + last - have\n"
    "    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], string.format('%.0f-0', number),\n"
    "      'graph', graph, 'events', string.format('%.0f-%.0f', have + 1, last))\n"
    "    redis.pcall('PUBLISH', ARGV[3], string.format('%s %.0f %.0f', graph, last, number))\n"
    "  end\n"
    "  if last > have or ARGV[1] == 'begin' then\n"
    "    redis.call('HSET', KEYS[2], graph, ARGV[i + 2])\n"
    "  end\n"
    "end\n"
    "return {0, number}\n";

/* KEYS events; ARGV after, how many. The last number, and entries of which each tells some that are after it. */
static const char told_text[] =
    LUA_LAST_SEQ "local after = '(' .. ARGV[1] .. '-0'\n"
		 "return {0, last_seq(KEYS[1]),\n"
		 "  redis.call('XRANGE', KEYS[1], after, '+', 'COUNT', ARGV[2])}\n";
/* KEYS hook by events; ARGV owner ttl number. A new one begins with what comes next; none is ahead of what there is. */
static const char hook_text[] =
    LUA_LAST_SEQ "local by, last = redis.call('GET', KEYS[2]), last_seq(KEYS[3])\n"
		 "if by and by ~= ARGV[1] then return {1, by} end\n"
		 "redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])\n"
		 "local told = tonumber(redis.call('GET', KEYS[1]) or last)\n"
		 "told = math.min(math.max(told, tonumber(ARGV[3])), last)\n"
		 "redis.call('SET', KEYS[1], string.format('%.0f', told))\n"
		 "return {0, told}\n";

/* KEYS access; ARGV seq, how many are put, their names and texts, the names of those that go. The next number is never one
 * that was there before, whatever Redis has lost since: it is the time, in microseconds, or one more. */
static const char access_put_text[] = LUA_PUT_FIELDS
    "local last = redis.call('HGET', KEYS[1], '@') or '0'\n"
    "if last ~= ARGV[1] then return {1, last} end\n"
    "local now = redis.call('TIME')\n"
    "local next = math.max(tonumber(last) + 1, tonumber(now[1]) * 1000000 + tonumber(now[2]))\n"
    "local gone = 3 + 2 * tonumber(ARGV[2])\n"
    "put_fields(KEYS[1], 3, gone - 1)\n"
    "for i = gone, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i]) end\n"
    "redis.call('HSET', KEYS[1], '@', string.format('%.0f', next))\n"
    "return {0, next}\n";

/*
 * KEYS once by; ARGV owner "life n" ttl record days. An owner is one process at a time: who had its name in another life
 * is gone.
 */
static const char once_take_text[] =
    "local record, by = redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2])\n"
    "if record and string.sub(record, 1, 1) == '=' then return {0, string.sub(record, 2)} end\n"
    "local mine = ARGV[1] .. ' ' .. ARGV[2]\n"
    "if by and by ~= mine then\n"
    "  local owner, life = string.match(by, '^(.*) (%w+) %w+$')\n"
    "  if owner ~= ARGV[1] or life == string.match(ARGV[2], '^%w+') then return {1, by} end\n"
    "end\n"
    "redis.call('SET', KEYS[2], mine, 'PX', ARGV[3])\n"
    "if record then return {5, string.sub(record, 2)} end\n"
    "redis.call('SET', KEYS[1], '-' .. ARGV[4], 'EX', ARGV[5])\n"
    "return {0, ''}\n";

/* KEYS once by; ARGV owner "life n" ttl how record days */
static const char once_put_text[] =
    "local record, by = redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2])\n"
    "local mine, how = ARGV[1] .. ' ' .. ARGV[2], ARGV[4]\n"
    "if by and by ~= mine or not record or string.sub(record, 1, 1) ~= '-' then return {2} end\n"
    "if how == 'note' then redis.call('SET', KEYS[1], '-' .. ARGV[5], 'EX', ARGV[6]) end\n"
    "if how == 'done' then redis.call('SET', KEYS[1], '=' .. ARGV[5], 'EX', ARGV[6]) end\n"
    "if how == 'drop' then redis.call('DEL', KEYS[1]) end\n"
    "if how == 'hold' or how == 'note' then redis.call('SET', KEYS[2], mine, 'PX', ARGV[3])\n"
    "else redis.call('DEL', KEYS[2]) end\n"
    "return {0}\n";

/* KEYS format; ARGV known. What there is is told, 0 for nothing; it is never lowered. */
static const char format_text[] =
    "local is = tonumber(redis.call('GET', KEYS[1]) or '0') or 2 ^ 53 -- no number: none of ours\n"
    "local known = tonumber(ARGV[1])\n"
    "if is < known then redis.call('SET', KEYS[1], ARGV[1]) end\n"
    "return {0, is}\n";

static const char *const texts[] = {
	[REDIS_SCRIPT_BEGIN] = begin_text,
	[REDIS_SCRIPT_APPEND] = append_text,
	[REDIS_SCRIPT_RENEW] = renew_text,
	[REDIS_SCRIPT_RELEASE] = release_text,
	[REDIS_SCRIPT_FINISH] = finish_text,
	[REDIS_SCRIPT_HEADER] = header_text,
	[REDIS_SCRIPT_READ] = read_text,
	[REDIS_SCRIPT_OLDEST] = oldest_text,
	[REDIS_SCRIPT_DROP] = drop_text,
	[REDIS_SCRIPT_SUPERSEDED] = superseded_text,
	[REDIS_SCRIPT_DROP_GRAPHS] = drop_graphs_text,
	[REDIS_SCRIPT_ARCHIVE_GET] = archive_get_text,
	[REDIS_SCRIPT_ARCHIVE_TAKE] = archive_take_text,
	[REDIS_SCRIPT_ARCHIVE_PUT] = archive_put_text,
	[REDIS_SCRIPT_ARCHIVE_SETTLE] = archive_settle_text,
	[REDIS_SCRIPT_VERIFIED_GET] = verified_get_text,
	[REDIS_SCRIPT_VERIFIED_PUT] = verified_put_text,
	[REDIS_SCRIPT_TELL] = tell_text,
	[REDIS_SCRIPT_TOLD] = told_text,
	[REDIS_SCRIPT_HOOK] = hook_text,
	[REDIS_SCRIPT_ACCESS_PUT] = access_put_text,
	[REDIS_SCRIPT_ONCE_TAKE] = once_take_text,
	[REDIS_SCRIPT_ONCE_PUT] = once_put_text,
	[REDIS_SCRIPT_FORMAT] = format_text,
};
_Static_assert(array_len(texts) == REDIS_SCRIPTS_N, "each script has its text");

const char *
redis_script_text(enum redis_script script)
{
	must(script < REDIS_SCRIPTS_N);
	return texts[script];
}
