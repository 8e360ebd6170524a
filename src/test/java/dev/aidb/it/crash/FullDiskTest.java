package dev.aidb.it.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.aidb.it.Client;
import dev.aidb.it.Program;
import dev.aidb.it.Program.Ended;
import dev.aidb.it.Server;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that is full at the start or becomes full, a small one in a mount namespace of its own.
 */
class FullDiskTest {
  private static final String MOUNT = "mount -t tmpfs -o size=%s none \"$0\" && exec \"$@\"";
  private static final Duration RECOVERY_MAX = Duration.ofSeconds(90);
  private static final int MIB = 1 << 20;

  @TempDir private Path temp;
  private Path disk;

  @BeforeEach
  void aDiskCanBeMounted() throws Exception {
    disk = Files.createDirectory(temp.resolve("disk"));
    int status =
        new ProcessBuilder(onADiskOf("1m", "true"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    assumeThat(status).as("a user and mount namespace with a tmpfs can be made here").isZero();
  }

  private String[] onADiskOf(String size, String... command) {
    String[] before = {
      "unshare",
      "--user",
      "--map-root-user",
      "--mount",
      "sh",
      "-c",
      MOUNT.formatted(size),
      disk.toString()
    };
    String[] whole = java.util.Arrays.copyOf(before, before.length + command.length);
    System.arraycopy(command, 0, whole, before.length, command.length);
    return whole;
  }

  @Test
  void theStartIsRefusedWithTheFigures() throws Exception {
    Ended run =
        Program.plain()
            .under(onADiskOf("100m"))
            .run(60, "serve", "--port", "0", "--data-dir", disk.resolve("data").toString());
    assertThat(run.status()).as(run.err()).isEqualTo(1);
    assertThat(run.err())
        .contains("has 100 MiB left, less than the 256 MiB", "Free some space")
        .doesNotContain("\tat ");
  }

  @Test
  void whileWritingNothingAcknowledgedIsLostAndItGoesOnWithNewSpace() throws Exception {
    long seed = System.nanoTime();
    System.out.println("FullDiskTest seed " + seed);
    Traffic traffic = new Traffic(seed);
    try (Server server =
            Server.begin(Program.plain().under(onADiskOf("400m")), disk.resolve("data"));
        Client client = server.client()) {
      Path inside = Path.of("/proc", Long.toString(server.process().pid()), "root" + disk);
      traffic.start(client);
      awaitMore(traffic, 30, Duration.ofSeconds(30));
      fill(inside.resolve("filler"));
      awaitNone(traffic);
      assertThat(client.get("/health/live").status()).isEqualTo(200);
      Files.delete(inside.resolve("filler"));
      awaitMore(traffic, 30, RECOVERY_MAX);
      traffic.stop();

      assertThat(server.process().isAlive()).as(server.said()).isTrue();
      assertThat(traffic.refusals()).isNotEmpty().isSubsetOf(503, 504, 507);
      new Inspection(client, traffic.histories()).everythingAcknowledgedIsThere();
    }
  }

  private static void fill(Path filler) throws IOException {
    byte[] block = new byte[MIB];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      // as was wanted
    }
    assertThat(Files.size(filler)).isGreaterThan(MIB);
  }

  private static void awaitMore(Traffic traffic, int more, Duration max)
      throws InterruptedException {
    long from = traffic.acknowledged();
    long end = System.nanoTime() + max.toNanos();
    while (traffic.acknowledged() < from + more) {
      assertThat(System.nanoTime()).as("writes are acknowledged").isLessThan(end);
      Thread.sleep(20);
    }
  }

  /** Waits until two seconds go by without an acknowledgement. */
  private static void awaitNone(Traffic traffic) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    long before;
    do {
      before = traffic.acknowledged();
      assertThat(System.nanoTime()).as("writes are refused").isLessThan(end);
      Thread.sleep(2_000);
    } while (traffic.acknowledged() > before);
  }
}
