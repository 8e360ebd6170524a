package dev.aidb.it.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.it.Client;
import dev.aidb.it.Server;
import dev.aidb.store.Database;
import dev.aidb.store.DatabaseEndpoint;
import dev.aidb.store.PoolSettings;
import dev.aidb.testkit.Eventually;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is killed in the middle of a run brings it to its end after the next start. */
class ForgettingCrashTest {
  private static final int SOLUTIONS = 3_000;

  @TempDir Path temp;

  @Test
  void aRunThatWasCutOffIsFinishedOnce() throws Exception {
    Path data = temp.resolve("data");
    Server first = Server.start(data);
    try {
      fill(data);
      try (Client client = first.client()) {
        var answer = client.post("/gc", Map.of("dry_run", false, "force", true, "wait_seconds", 0));
        assertThat(answer.status()).isEqualTo(202);
      }
      try (Database database = database(data)) {
        Eventually.within(
            Duration.ofSeconds(60),
            "the first batch is over",
            () -> number(database, "SELECT count(*) FROM tombstone") > 0);
      }
    } finally {
      first.killEverything();
    }

    try (Server second = Server.start(data);
        Database database = database(data)) {
      assertThat(number(database, "SELECT count(*) FROM gc_run WHERE state = 'running'"))
          .as("it was cut off")
          .isEqualTo(1);
      Eventually.within(
          Duration.ofSeconds(120),
          "the run ends",
          () -> number(database, "SELECT count(*) FROM gc_run WHERE state = 'done'") == 1);
      assertThat(number(database, "SELECT count(*) FROM solution")).isZero();
      assertThat(number(database, "SELECT count(*) FROM tombstone")).isEqualTo(SOLUTIONS);
      assertThat(
              number(
                  database,
                  "SELECT count(DISTINCT target) FROM audit_event WHERE action = 'solution.forget'"))
          .isEqualTo(SOLUTIONS);
      assertThat(
              number(database, "SELECT count(*) FROM audit_event WHERE action = 'solution.forget'"))
          .isEqualTo(SOLUTIONS);
      try (Client client = second.client()) {
        assertThat(client.post("/index/verify", Map.of()).body().path("repaired").asBoolean())
            .isFalse();
      }
    }
  }

  private static void fill(Path data) throws Exception {
    try (Database database = database(data)) {
      database.useTransaction(handle -> {
        handle.execute(
            """
            INSERT INTO document (id, collection, project, path, title, content, content_type, metadata, status, checksum)
            SELECT gen_random_uuid(), 'solved_issues', 'default', 'solutions/' || n, 'query ' || n, 'solution ' || n,
                   'text/plain', '{}', 'approved', ''
            FROM generate_series(1, ?) n
            """,
            SOLUTIONS);
        handle.execute(
            """
            INSERT INTO chunk (id, document_id, chunk, content, embedding, version)
            SELECT gen_random_uuid(), id, '0', content,
                   decode('0000803f' || repeat('00000000', 383), 'hex'), nextval('record_version')
            FROM document
            """);
        handle.execute(
            """
            INSERT INTO solution (id, digest, value_score, base_score, outcome, learned_by, created_at)
            SELECT id, sha256(id::text::bytea), 0.1, 0.1, 'success', 'local', now() - interval '40 days' FROM document
            """);
        handle.execute(
            """
            INSERT INTO change_log (collection, record_id, version)
            SELECT 'solved_issues', id, version FROM chunk
            """);
      });
    }
  }

  private static long number(Database database, String sql) {
    return database.withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).one());
  }

  private static Database database(Path data) throws Exception {
    List<String> postmaster = Files.readAllLines(data.resolve("postgres/data/postmaster.pid"));
    return Database.open(
        new DatabaseEndpoint(
            "127.0.0.1",
            Integer.parseInt(postmaster.get(3).strip()),
            "aidb",
            "aidb",
            Files.readString(data.resolve("secrets/postgres-aidb.password")).strip(),
            DatabaseEndpoint.Tls.DISABLE),
        new PoolSettings(1, 3, Duration.ofSeconds(10), Duration.ofMinutes(30)));
  }
}
