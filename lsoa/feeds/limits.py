"""How often a source is asked, and when it is left in peace: shared by all workers through Redis.

Token bucket: `burst` tokens, one more every `every` seconds; an attempt takes one. Circuit breaker: after `threshold`
failures in a row it opens for `base` seconds, twice as long after each further failure up to `longest`; when the time
is over one attempt is let through, which closes it or opens it again.
"""

from dataclasses import dataclass

TAKE = """
local tokens = tonumber(redis.call('HGET', KEYS[1], 'tokens') or ARGV[1])
local seen = tonumber(redis.call('HGET', KEYS[1], 'seen') or ARGV[3])
local now = tonumber(ARGV[3])
tokens = math.min(tonumber(ARGV[1]), tokens + math.max(0, now - seen) / tonumber(ARGV[2]))
local wait = 0
if tokens >= 1 then tokens = tokens - 1 else wait = (1 - tokens) * tonumber(ARGV[2]) end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'seen', tostring(now))
redis.call('EXPIRE', KEYS[1], math.ceil(tonumber(ARGV[1]) * tonumber(ARGV[2])) + 60)
return tostring(wait)
"""
ENTER = """
local until_ = tonumber(redis.call('HGET', KEYS[1], 'until') or '0')
local now = tonumber(ARGV[1])
if until_ == 0 then return '0' end
if now < until_ then return tostring(until_ - now) end
redis.call('HSET', KEYS[1], 'until', tostring(now + tonumber(ARGV[2])))
return '0'
"""
FAIL = """
local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
local wait = 0
if failures >= tonumber(ARGV[2]) then
  wait = math.min(tonumber(ARGV[4]), tonumber(ARGV[3]) * 2 ^ math.min(failures - tonumber(ARGV[2]), 30))
  redis.call('HSET', KEYS[1], 'until', tostring(tonumber(ARGV[1]) + wait))
end
redis.call('EXPIRE', KEYS[1], math.ceil(tonumber(ARGV[4])) * 2)
return tostring(wait)
"""


@dataclass(frozen=True)
class SourceLimits:
    """Limits of one source. `redis` is a client, `prefix` keeps deployments apart that share one Redis.

    Times are seconds since 1970, given by the caller. Every method raises redis.RedisError without a Redis.
    """

    redis: object
    prefix: str
    source: str
    burst: int = 5
    every: float = 10
    threshold: int = 3
    base: float = 60
    longest: float = 3_600
    # How long one attempt may take: meanwhile nobody else tries a source that is just being tried again.
    attempt: float = 60

    def _key(self, kind: str) -> str:
        return f"{self.prefix}:feed-{kind}:{self.source}"

    def take(self, now: float) -> float:
        """Take a token; returns 0, or the seconds until there is one."""
        return float(self.redis.eval(TAKE, 1, self._key("bucket"), self.burst, self.every, now))

    def enter(self, now: float) -> float:
        """Returns 0 when an attempt may be made, else the seconds for which the source is left in peace."""
        return float(self.redis.eval(ENTER, 1, self._key("breaker"), now, self.attempt))

    def failed(self, now: float) -> float:
        """Count a failure; returns the seconds for which the source is left in peace now (0: not yet)."""
        return float(self.redis.eval(FAIL, 1, self._key("breaker"), now, self.threshold, self.base, self.longest))

    def succeeded(self) -> None:
        self.redis.delete(self._key("breaker"))

    def forget(self) -> None:
        """Start anew, as after somebody has changed the feed."""
        self.redis.delete(self._key("breaker"), self._key("bucket"))
