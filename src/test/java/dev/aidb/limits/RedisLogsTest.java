package dev.aidb.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.aidb.operation.Allowance;
import dev.aidb.testkit.RealRedis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisLogsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static RealRedis server;
  private static RedisClient admin;
  private static RedisCommands<String, String> redis;

  @BeforeAll
  static void start() {
    server = RealRedis.start();
    admin = RedisClient.create(RedisURI.create("127.0.0.1", server.port()));
    redis = admin.connect().sync();
  }

  @AfterAll
  static void stop() {
    admin.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    server.close();
  }

  private static RedisLogs logs(Windows windows) {
    return logs(windows, server.port(), Optional.empty());
  }

  private static RedisLogs logs(Windows windows, int port, Optional<String> password) {
    return new RedisLogs(new RedisSettings("127.0.0.1", port, password, PATIENCE), windows);
  }

  @Test
  void writesNothingWhereRedisIsFull() throws Exception {
    Allowance allowance = new Allowance(5, 7);
    redis.configSet("maxmemory", "1");
    try (RedisLogs logs = logs(Windows.usual())) {
      assertThatExceptionOfType(RedisFailure.class)
          .isThrownBy(() -> logs.take(Client.key("key:late"), allowance, 1));
      redis.configSet("maxmemory", "0");
      assertThat(logs.take(Client.key("key:late"), allowance, 1).minute().remaining()).isEqualTo(4);
    } finally {
      redis.configSet("maxmemory", "0");
    }
  }

  @Test
  void judgesAsALogInTheProcessDoes() throws Exception {
    try (RedisLogs logs = logs(Windows.usual())) {
      Client client = Client.key("key:judged");
      Allowance allowance = new Allowance(5, 7);
      for (int remaining = 4; remaining >= 0; remaining--) {
        Decision decision = logs.take(client, allowance, 1);
        assertThat(decision.admitted()).isTrue();
        assertThat(decision.minute().remaining()).isEqualTo(remaining);
        assertThat(decision.hour().remaining()).isEqualTo(remaining + 2);
        assertThat(decision.minute().moreIn()).isBetween(50_000_000L, 60_000_001L);
      }
      Decision refused = logs.take(client, allowance, 1);
      assertThat(refused.binding()).isEqualTo(Window.MINUTE);
      assertThat(refused.hour().refused()).isFalse();
      assertThat(refused.hour().remaining()).isEqualTo(2);
      Decision both = logs.take(client, allowance, 3);
      assertThat(both.binding()).isEqualTo(Window.HOUR);
    }
  }

  @Test
  void theWaitItNamesHelps() throws Exception {
    try (RedisLogs logs = logs(new Windows(150_000, 400_000))) {
      Client client = Client.key("key:patient");
      Allowance allowance = new Allowance(3, 7);
      int refusals = 0;
      for (int i = 0; i < 40; i++) {
        Decision decision = logs.take(client, allowance, 1 + i % 2);
        if (!decision.admitted()) {
          refusals++;
          Thread.sleep(Duration.ofNanos(1_000 * decision.in(decision.binding()).moreIn()));
          assertThat(logs.take(client, allowance, 1 + i % 2).admitted()).isTrue();
        }
      }
      assertThat(refusals).isGreaterThan(5);
    }
  }

  @Test
  void threeReplicasAdmitWhatOneWould() throws Exception {
    Client client = Client.address("192.0.2.1");
    List<RedisLogs> replicas =
        List.of(logs(Windows.usual()), logs(Windows.usual()), logs(Windows.usual()));
    List<Asked> asked = hammer(replicas, client, new Allowance(60, 1_000), Duration.ofMillis(300));
    assertThat(asked.stream().filter(Asked::admitted)).hasSize(60);
    replicas.forEach(RedisLogs::close);
  }

  /** A request; Redis decided on it at some moment between the two. */
  private record Asked(long begin, long end, boolean admitted) {}

  @Test
  void noWindowHoldsMoreAndNobodyIsRefusedForNothing() throws Exception {
    Windows windows = new Windows(20_000, 120_000);
    Allowance allowance = new Allowance(15, 60);
    List<RedisLogs> replicas = List.of(logs(windows), logs(windows), logs(windows));
    List<Asked> asked =
        hammer(replicas, Client.address("192.0.2.2"), allowance, Duration.ofMillis(900));
    List<Asked> admitted = asked.stream().filter(Asked::admitted).toList();
    assertThat(admitted).hasSizeGreaterThan(allowance.perHour());
    assertNoWindowHoldsMore(admitted, windows.minute() * 1_000, allowance.perMinute());
    assertNoWindowHoldsMore(admitted, windows.hour() * 1_000, allowance.perHour());
    for (Asked refused : asked) {
      assertThat(
              refused.admitted()
                  || around(admitted, refused, windows.minute()) >= allowance.perMinute()
                  || around(admitted, refused, windows.hour()) >= allowance.perHour())
          .isTrue();
    }
    replicas.forEach(RedisLogs::close);
  }

  private static void assertNoWindowHoldsMore(List<Asked> admitted, long nanos, int limit) {
    for (int i = 0; i + limit < admitted.size(); i++) {
      long end =
          admitted.subList(i, i + limit + 1).stream().mapToLong(Asked::end).max().orElseThrow();
      assertThat(end - admitted.get(i).begin()).isGreaterThanOrEqualTo(nanos);
    }
  }

  /** How many were admitted, as far as can be told, in the window before a request. */
  private static long around(List<Asked> admitted, Asked request, long micros) {
    long since = request.begin() - micros * 1_000 - 1_000_000;
    return admitted.stream().filter(a -> a.end() > since && a.begin() < request.end()).count();
  }

  private static List<Asked> hammer(
      List<RedisLogs> replicas, Client client, Allowance allowance, Duration time)
      throws Exception {
    List<Asked> asked = Collections.synchronizedList(new ArrayList<>());
    long stop = System.nanoTime() + time.toNanos();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < 6; thread++) {
        RedisLogs replica = replicas.get(thread % replicas.size());
        running.add(
            threads.submit(() -> {
              while (System.nanoTime() < stop) {
                long begin = System.nanoTime();
                boolean admitted = replica.take(client, allowance, 1).admitted();
                asked.add(new Asked(begin, System.nanoTime(), admitted));
              }
              return null;
            }));
      }
      for (Future<?> future : running) {
        future.get();
      }
    }
    return asked.stream().sorted(Comparator.comparing(Asked::begin)).toList();
  }

  @Test
  void goesOnWhenTheScriptsWereFlushed() throws Exception {
    try (RedisLogs logs = logs(Windows.usual())) {
      Client client = Client.key("key:flushed");
      Allowance allowance = new Allowance(2, 9);
      assertThat(logs.take(client, allowance, 1).admitted()).isTrue();
      redis.scriptFlush();
      assertThat(logs.take(client, allowance, 1).admitted()).isTrue();
      assertThat(logs.take(client, allowance, 1).admitted()).isFalse();
    }
  }

  @Test
  void keepsNoNameAndForgetsWhoIsIdle() throws Exception {
    try (RedisLogs logs = logs(new Windows(50_000, 100_000))) {
      logs.take(Client.address("198.51.100.77"), new Allowance(2, 9), 1);
      assertThat(redis.keys("*")).isNotEmpty().noneMatch(key -> key.contains("198.51"));
      String key =
          "aidb:limit:1:"
              + ClientHash.across("aidb:limit:".getBytes(), Client.address("198.51.100.77")).hex();
      assertThat(redis.pttl(key)).isBetween(1L, 1_100L);
    }
  }

  @Test
  void outlivesAClockThatWasSetBack() throws Exception {
    try (RedisLogs logs = logs(Windows.usual())) {
      Client client = Client.key("key:future");
      String key = "aidb:limit:1:" + ClientHash.across("aidb:limit:".getBytes(), client).hex();
      long ahead = System.currentTimeMillis() * 1_000 + 100_000_000L;
      redis.zadd(key, ahead, ahead + ":1");
      Allowance allowance = new Allowance(3, 9);
      Decision decision = logs.take(client, allowance, 1);
      assertThat(decision.admitted()).isTrue();
      assertThat(decision.minute().remaining()).isEqualTo(1);
      assertThat(redis.zcard(key)).isEqualTo(2);

      long far = ahead + 10_000_000_000L;
      redis.zadd(key, far, far + ":1");
      assertThat(logs.take(client, allowance, 1).minute().remaining()).isEqualTo(2);
    }
  }

  @Test
  void showsItsPassword() throws Exception {
    try (RealRedis guarded = RealRedis.start("--requirepass", "hush")) {
      try (RedisLogs logs = logs(Windows.usual(), guarded.port(), Optional.of("hush"))) {
        logs.ping(PATIENCE);
      }
      try (RedisLogs logs = logs(Windows.usual(), guarded.port(), Optional.of("wrong"))) {
        assertThatExceptionOfType(RedisFailure.class).isThrownBy(() -> logs.ping(PATIENCE));
      }
    }
  }
}
