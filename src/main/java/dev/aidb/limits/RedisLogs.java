package dev.aidb.limits;

import dev.aidb.core.Deadline;
import dev.aidb.operation.Allowance;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ConnectionFuture;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The clients' logs in a Redis (5 or newer), one sorted set a client. One script judges and
 * charges, on Redis's own time, so that replicas need not agree on the time and nothing comes
 * between.
 *
 * <p>Its connection is made in the background and made anew by the first call after it broke; no
 * call waits longer than its deadline. Thread-safe.
 */
final class RedisLogs implements AutoCloseable {
  private static final String KEY_PREFIX = "aidb:limit:1:";
  private static final byte[] HASH_PREFIX = "aidb:limit:".getBytes(StandardCharsets.US_ASCII);
  private static final Duration CONNECT_MAX = Duration.ofSeconds(1);
  private static final Duration SHUTDOWN_MAX = Duration.ofSeconds(2);
  private static final int WAITING_MAX = 4_096;
  private static final int THREADS = 2;

  /**
   * Moments are microseconds; a Lua number holds them exactly, but must be written with {@code
   * %.0f}. A unit's score is a moment after every other one's, so that members are unique; it is at
   * least a microsecond later than the present, which Redis rounds down.
   *
   * <p>When Redis's clock was set back, time stands still for a client until the clock has caught
   * up with its newest unit; a log that lies further ahead than the longest window is thrown away.
   *
   * <p>The first command changes nothing. It is there to fail where Redis has reached its {@code
   * maxmemory}: that is looked at only until a script has made its first write, and the removal of
   * old units, which Redis always allows, would be that.
   *
   * <p>KEYS: the client's log. ARGV: units; length and limit of the minute; length and limit of the
   * hour. Answer: refused, remaining and moreIn of the minute, and of the hour.
   */
  private static final String SCRIPT =
      """
      local key = KEYS[1]
      local units = tonumber(ARGV[1])
      local minute, perMinute = tonumber(ARGV[2]), tonumber(ARGV[3])
      local hour, perHour = tonumber(ARGV[4]), tonumber(ARGV[5])
      local function text(moment) return string.format('%.0f', moment) end
      local function score(rank)
        return tonumber(redis.call('ZRANGE', key, rank, rank, 'WITHSCORES')[2] or 0)
      end

      redis.call('ZADD', key, 'XX', '0', '-')
      local time = redis.call('TIME')
      local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
      local newest = score(-1)
      if newest > now + hour then
        redis.call('DEL', key)
        newest = 0
      end
      now = math.max(now, newest)

      redis.call('ZREMRANGEBYSCORE', key, '-inf', text(now - hour))
      local inHour = redis.call('ZCARD', key)
      local inMinute = redis.call('ZCOUNT', key, '(' .. text(now - minute), '+inf')
      local admitted = inMinute <= perMinute - units and inHour <= perHour - units

      local function standing(taken, length, limit)
        if taken > limit - units then
          return 1, math.max(0, limit - taken), score(inHour - (limit - units) - 1) + length - now
        end
        local charged = admitted and units or 0
        local moreIn = 0
        if taken > 0 then
          moreIn = score(inHour - taken) + length - now
        elseif admitted then
          moreIn = length
        end
        return 0, math.max(0, limit - taken - charged), moreIn
      end
      local a, b, c = standing(inMinute, minute, perMinute)
      local d, e, f = standing(inHour, hour, perHour)

      if admitted then
        local stamp = text(math.max(now, newest) + 1)
        for unit = 1, units do
          redis.call('ZADD', key, stamp, stamp .. ':' .. unit)
        end
        redis.call('PEXPIRE', key, math.ceil(hour / 1000) + 1000)
      end
      return {a, b, c, d, e, f}
      """;

  private static final String SCRIPT_SHA = sha1(SCRIPT);

  private final ClientResources resources;
  private final RedisClient client;
  private final RedisURI uri;
  private final Windows windows;
  private final Duration patience;
  private final Object connecting = new Object();
  private @Nullable ConnectionFuture<StatefulRedisConnection<String, String>> connection;

  /** Begins to connect; doesn't wait for it. */
  RedisLogs(RedisSettings settings, Windows windows) {
    this.windows = windows;
    this.patience = settings.patience();
    RedisURI.Builder at =
        RedisURI.builder()
            .withHost(settings.host())
            .withPort(settings.port())
            .withTimeout(CONNECT_MAX);
    settings.password().ifPresent(password -> at.withPassword(password.toCharArray()));
    this.uri = at.build();
    this.resources =
        DefaultClientResources.builder()
            .ioThreadPoolSize(THREADS)
            .computationThreadPoolSize(THREADS)
            .build();
    this.client = RedisClient.create(resources, uri);
    client.setOptions(
        ClientOptions.builder()
            .autoReconnect(false) // a call that finds it broken makes it anew
            .requestQueueSize(WAITING_MAX)
            .socketOptions(SocketOptions.builder().connectTimeout(CONNECT_MAX).build())
            .build());
    connect();
  }

  /**
   * Judges and charges.
   *
   * @param units at least 1, at most what either window admits
   */
  Decision take(Client whose, Allowance allowance, int units) throws RedisFailure {
    Deadline deadline = Deadline.currentOr(patience).atMost(patience);
    String[] keys = {KEY_PREFIX + ClientHash.across(HASH_PREFIX, whose).hex()};
    String[] arguments = {
      Integer.toString(units),
      Long.toString(windows.minute()),
      Integer.toString(allowance.perMinute()),
      Long.toString(windows.hour()),
      Integer.toString(allowance.perHour())
    };
    ConnectionFuture<StatefulRedisConnection<String, String>> current = connect();
    RedisAsyncCommands<String, String> commands = await(current, deadline).async();
    List<Long> answer;
    try {
      answer = run(commands, keys, arguments, deadline);
    } catch (RedisFailure e) {
      if (e.late()) {
        drop(current); // who knows how much is queued on it, or whether anything comes at all
      }
      throw e;
    }
    return new Decision(
        standing(allowance.perMinute(), answer.subList(0, 3)),
        standing(allowance.perHour(), answer.subList(3, 6)));
  }

  /** The name that Redis gives a script. */
  private static String sha1(String script) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-1").digest(script.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  private static Standing standing(int limit, List<Long> told) {
    return new Standing(limit, Math.toIntExact(told.get(1)), told.get(2), told.get(0) == 1);
  }

  private List<Long> run(
      RedisAsyncCommands<String, String> commands,
      String[] keys,
      String[] arguments,
      Deadline deadline)
      throws RedisFailure {
    try {
      return await(
          commands.<List<Long>>evalsha(SCRIPT_SHA, ScriptOutputType.MULTI, keys, arguments),
          deadline);
    } catch (RedisNoScriptException e) { // it was started anew, or its scripts were flushed
      return await(
          commands.<List<Long>>eval(SCRIPT, ScriptOutputType.MULTI, keys, arguments), deadline);
    }
  }

  /** Returns when Redis answers. */
  void ping(Duration most) throws RedisFailure {
    Deadline deadline = Deadline.in(most);
    await(await(connect(), deadline).async().ping(), deadline);
  }

  /** The connection, or the one that is being made. */
  private ConnectionFuture<StatefulRedisConnection<String, String>> connect() {
    synchronized (connecting) {
      ConnectionFuture<StatefulRedisConnection<String, String>> current = connection;
      if (current == null || isOver(current)) {
        current = client.connectAsync(StringCodec.UTF8, uri);
        connection = current;
      }
      return current;
    }
  }

  private static boolean isOver(ConnectionFuture<StatefulRedisConnection<String, String>> made) {
    if (!made.toCompletableFuture().isDone()) {
      return false;
    }
    return made.toCompletableFuture().isCompletedExceptionally() || !made.join().isOpen();
  }

  /** Gives up a connection; the next call makes another. */
  private void drop(ConnectionFuture<StatefulRedisConnection<String, String>> current) {
    synchronized (connecting) {
      if (connection == current) {
        connection = null;
      }
    }
    close(current);
  }

  private static void close(CompletionStage<StatefulRedisConnection<String, String>> made) {
    made.whenComplete((open, failure) -> {
      if (open != null) {
        open.closeAsync();
      }
    });
  }

  private <T> T await(Future<T> answer, Deadline deadline) throws RedisFailure {
    try {
      return answer.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RedisNoScriptException missing) {
        throw missing;
      }
      throw new RedisFailure("Redis refused or broke off", e);
    } catch (TimeoutException e) {
      if (answer instanceof RedisFuture<T> command) {
        command.cancel(true); // a connection that is being made is another call's too
      }
      throw RedisFailure.tooLate();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RedisFailure("Interrupted", e);
    } catch (RedisException e) {
      throw new RedisFailure("Redis can't be asked", e);
    }
  }

  @Override
  public void close() {
    synchronized (connecting) {
      if (connection != null) {
        close(connection);
      }
    }
    client.shutdown(Duration.ZERO, SHUTDOWN_MAX);
    resources.shutdown(0, SHUTDOWN_MAX.toMillis(), TimeUnit.MILLISECONDS);
  }
}
