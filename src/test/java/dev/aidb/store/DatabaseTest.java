package dev.aidb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.StartFailure;
import dev.aidb.testkit.PostgresForTests;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class DatabaseTest {
  private static final Database DATABASE = PostgresForTests.freshDatabase();

  @AfterAll
  static void close() {
    DATABASE.close();
  }

  @Test
  void bindsAndReadsTheTypesOfTheSchema() {
    UUID id = UUID.randomUUID();
    Instant time = Instant.parse("2026-03-29T02:30:00.123456Z");

    Row row =
        DATABASE.withHandle(handle ->
            handle
                .createQuery(
                    "SELECT :id AS id, :time AS time, :bytes AS bytes, cardinality(:ids) AS n")
                .bind("id", id)
                .bind("time", time)
                .bind("bytes", new byte[] {1, -1})
                .bindArray("ids", UUID.class, List.of(id, id))
                .map((rs, ctx) ->
                    new Row(
                        ctx.findColumnMapperFor(UUID.class).orElseThrow().map(rs, "id", ctx),
                        ctx.findColumnMapperFor(Instant.class).orElseThrow().map(rs, "time", ctx),
                        rs.getBytes("bytes"),
                        rs.getInt("n")))
                .one());

    assertThat(row.id()).isEqualTo(id);
    assertThat(row.time()).isEqualTo(time);
    assertThat(row.bytes()).containsExactly(1, -1);
    assertThat(row.n()).isEqualTo(2);
  }

  private record Row(UUID id, Instant time, byte[] bytes, int n) {}

  @Test
  void aSchemaThatIsBeingMadeIsWaitedFor() throws Exception {
    DatabaseEndpoint empty = PostgresForTests.emptyEndpoint();
    assertThatThrownBy(() -> Migrations.require(empty, Duration.ZERO))
        .isInstanceOf(StartFailure.class);
    CompletableFuture<Void> waits =
        CompletableFuture.runAsync(() -> Migrations.require(empty, Duration.ofSeconds(30)));
    Migrations.run(empty);
    assertThat(waits).succeedsWithin(Duration.ofSeconds(30));
  }

  @Test
  void theNewestMigrationIsTheOneThatRuns() throws Exception {
    try (var files = Files.list(Path.of("src/main/resources/db/migration"))) {
      int newest =
          files
              .map(f -> f.getFileName().toString())
              .mapToInt(n -> Integer.parseInt(n.substring(1, n.indexOf("__"))))
              .max()
              .orElseThrow();
      assertThat(Migrations.NEWEST).isEqualTo(newest);
    }
  }
}
