package dev.aidb.bench;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/** One client's searches while a run of garbage collection removes a third, beside the quiet. */
final class GcScenario implements Scenario {
  private static final Duration RUN_MAX = Duration.ofMinutes(10);
  private static final Duration QUIET = Duration.ofSeconds(12);
  private static final long LOOK_MS = 100;

  /** Every document becomes a solution, every third of them one that has expired. */
  private static final String SOLUTIONS =
      """
      INSERT INTO solution (id, digest, value_score, base_score, outcome, learned_by, created_at)
      SELECT id, sha256(id::text::bytea), value, value, 'success', 'local', now() - interval '40 days'
      FROM (SELECT id, CASE WHEN row_number() OVER (ORDER BY id) % 3 = 0 THEN 0.1 ELSE 0.9 END AS value
            FROM document) d
      """;

  @Override
  public void run(Setup setup, Report report) throws Exception {
    try (Served served = Served.open(setup)) {
      fill(served.server());
      List<Request> vectors = Questions.ofVectors(served.vectors(), "");
      served.warmUp(vectors);
      Duration turn = setup.brief() ? setup.turn() : QUIET;
      Timings quiet =
          Load.run(1, turn, thread -> new SearchStep(served.port(), vectors, thread)).timings();
      Load.Outcome busy;
      try (Watched gc = Watched.begin(served.port())) {
        busy =
            Load.run(
                1, thread -> new SearchStep(served.port(), vectors, thread), gc::underWay);
      }
      report.figure("search with an embedding, quiet p50", quiet.p50(), "ms");
      report.figure("search with an embedding, quiet p99", quiet.p99(), "ms");
      report.figure("search with an embedding, collecting p50", busy.timings().p50(), "ms");
      report.figure("search with an embedding, collecting p99", busy.timings().p99(), "ms");
      report.atMost(
          "search with an embedding, p99 collecting against quiet",
          busy.timings().p99() / quiet.p99(),
          3,
          "");
      report.figure("the run took", busy.seconds(), "s");
      report.figure("solutions removed", removed(served.server()), "");
    }
  }

  private static void fill(Server server) throws IOException, SQLException {
    try (Connection database = server.database();
        Statement statement = database.createStatement()) {
      statement.executeUpdate(SOLUTIONS);
      statement.execute("ANALYZE solution");
    }
  }

  private static double removed(Server server) throws IOException, SQLException {
    try (Connection database = server.database();
        Statement statement = database.createStatement();
        var count = statement.executeQuery("SELECT count(*) FROM tombstone")) {
      count.next();
      return count.getDouble(1);
    }
  }

  /** A run that was begun, looked at now and then by a thread of its own. */
  private static final class Watched implements AutoCloseable {
    private final Thread looking;
    private volatile boolean underWay = true;

    private Watched(int port) {
      looking = Thread.ofPlatform().daemon().start(() -> look(port));
    }

    static Watched begin(int port) throws IOException {
      try (Wire wire = new Wire(port)) {
        String run = "{\"dry_run\":false,\"force\":true,\"wait_seconds\":0}";
        if (wire.send(Request.post("/gc", run)) / 100 != 2) {
          throw new IOException(wire.body());
        }
      }
      return new Watched(port);
    }

    private void look(int port) {
      long end = System.nanoTime() + RUN_MAX.toNanos();
      try (Wire wire = new Wire(port)) {
        while (System.nanoTime() - end < 0) {
          if (wire.send(Request.get("/gc/status")) == 200
              && wire.body().contains("\"running\":false")) {
            return;
          }
          Thread.sleep(LOOK_MS);
        }
      } catch (IOException e) {
        System.err.println("The run can't be looked at any more: " + e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        underWay = false;
      }
    }

    boolean underWay() {
      return underWay;
    }

    @Override
    public void close() throws InterruptedException {
      looking.interrupt();
      looking.join();
    }
  }
}
