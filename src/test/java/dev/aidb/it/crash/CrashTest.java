package dev.aidb.it.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.it.Client;
import dev.aidb.it.Server;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills parts of a server at random moments while documents are stored, changed and deleted, and
 * looks afterwards whether it kept its word.
 *
 * <p>{@code -Daidb.crash.seed=N} repeats a run as far as timing lets it; {@code
 * -Daidb.soak.minutes=N} goes on for so long.
 */
class CrashTest {
  private static final int QUIET_MILLIS_MIN = 300;
  private static final int QUIET_MILLIS_MAX = 1_800;
  private static final Duration RECOVERY_MAX = Duration.ofSeconds(30);

  /** What dies. */
  private enum Victim {
    POSTMASTER,
    JVM,
    EVERYTHING,
    /** The JVM, twice: the second time while it starts again. */
    JVM_AT_ITS_START
  }

  @TempDir private Path temp;

  private final long seed = Long.getLong("aidb.crash.seed", System.nanoTime());
  private final Duration soak = Duration.ofMinutes(Long.getLong("aidb.soak.minutes", 0));
  private final Random random = new Random(seed);
  private final Traffic traffic = new Traffic(seed);

  @Test
  void nothingAcknowledgedIsLost() throws Exception {
    System.out.println("CrashTest seed " + seed);
    long end = System.nanoTime() + soak.toNanos();
    List<Victim> victims = List.copyOf(EnumSet.allOf(Victim.class));
    int round = 0;
    Server server = Server.start(temp.resolve("data"));
    try {
      while (round < victims.size() || System.nanoTime() < end) {
        Victim victim =
            round < victims.size() ? victims.get(round) : victims.get(random.nextInt(4));
        server = round(server, victim);
        round++;
      }
      server.close();
      assertThat(server.process().exitValue()).as(server.said()).isZero();
      server = Server.start(temp.resolve("data"));
      inspect(server);
      assertThat(traffic.refusals()).isSubsetOf(503, 504);
    } catch (Throwable e) {
      System.out.println("CrashTest seed " + seed + ", round " + round + "\n" + server.said());
      throw e;
    } finally {
      server.close();
    }
    System.out.printf("CrashTest: %d rounds, %d writes%n", round, traffic.acknowledged());
  }

  /** Lets one die while writers write; the server that stands afterwards. */
  private Server round(Server server, Victim victim) throws Exception {
    try (Client client = server.client()) {
      traffic.start(client);
      awaitAcknowledged(20);
      Thread.sleep(random.nextInt(QUIET_MILLIS_MIN, QUIET_MILLIS_MAX));
      kill(server, victim);
      if (victim == Victim.POSTMASTER) {
        awaitAcknowledged(20); // it comes back by itself
      }
      traffic.stop();
    }
    Server next = victim == Victim.POSTMASTER ? server : restart(victim);
    inspect(next);
    return next;
  }

  private static void kill(Server server, Victim victim) throws InterruptedException {
    switch (victim) {
      case POSTMASTER -> server.killPostmaster();
      case JVM, JVM_AT_ITS_START -> server.killJvm();
      case EVERYTHING -> server.killEverything();
    }
  }

  private Server restart(Victim victim) throws InterruptedException {
    Path data = temp.resolve("data");
    if (victim == Victim.JVM_AT_ITS_START) {
      Server halfWay = Server.begin(dev.aidb.it.Program.plain(), data);
      Thread.sleep(random.nextInt(200, 3_000));
      halfWay.killJvm();
    }
    return Server.start(data);
  }

  private void awaitAcknowledged(int more) throws InterruptedException {
    long from = traffic.acknowledged();
    long end = System.nanoTime() + RECOVERY_MAX.toNanos();
    while (traffic.acknowledged() < from + more) {
      assertThat(System.nanoTime()).as("writes are acknowledged").isLessThan(end);
      Thread.sleep(10);
    }
  }

  private void inspect(Server server) throws Exception {
    try (Client client = server.client()) {
      new Inspection(client, traffic.histories()).everythingAcknowledgedIsThere();
    }
  }
}
