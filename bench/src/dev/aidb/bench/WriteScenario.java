package dev.aidb.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.json.JsonMapper;

/**
 * Durable writes of given vectors, one by one beside bare INSERT commits of the same row into the
 * same PostgreSQL, and in batches.
 */
final class WriteScenario implements Scenario {
  private static final int DIMENSION = 384;
  private static final int BATCH = 1_000;
  private static final int CLIENTS = 8;
  private static final String CONTENT = "A chunk that the caller made, of a sentence's length.";
  private static final AtomicLong NUMBERS = new AtomicLong();

  @Override
  public void run(Setup setup, Report report) throws Exception {
    try (Served served = Served.open(setup)) {
      float[] vector = served.vectors().getFirst();
      List<Request> singles = new ArrayList<>(); // every client has a document of its own
      for (int i = 0; i < CLIENTS; i++) {
        singles.add(request(List.of(item(document(served, "single-" + i), vector))));
      }
      try (Connection database = served.server().database();
          Statement statement = database.createStatement()) {
        statement.execute("CREATE TABLE bench_chunk (LIKE chunk INCLUDING ALL)");
      }
      // A JVM compiles what a write needs over some ten thousand of them.
      Load.Outcome warmUp =
          Load.run(
              CLIENTS,
              setup.turn().multipliedBy(8),
              thread -> new Write(served, singles.get(thread)));
      Report.note("warm after %,d writes", warmUp.timings().count());
      for (int clients : new int[] {1, CLIENTS}) {
        Timings through = new Timings();
        Timings bare = new Timings();
        List<Double> ratios = new ArrayList<>();
        List<Double> rates = new ArrayList<>();
        List<Double> bares = new ArrayList<>();
        for (int round = -1; round < setup.rounds(); round++) {
          Load.Outcome inserts =
              Load.run(clients, setup.turn().dividedBy(2), thread -> new Insert(served, vector));
          double at = served.server().processorSeconds();
          Load.Outcome writes =
              Load.run(clients, setup.turn().dividedBy(2), thread -> new Write(served, singles.get(thread)));
          double writeCost = served.server().processorSeconds() - at;
          if (round >= 0) { // the first warms up
            through.addAll(writes.timings());
            bare.addAll(inserts.timings());
            rates.add(writes.perSecond());
            bares.add(inserts.perSecond());
            ratios.add(writes.perSecond() / inserts.perSecond());
            Report.note(
                "%d clients: %.0f/s, bare %.0f/s; processor time of one, JVM and PostgreSQL, %.2f ms",
                clients,
                writes.perSecond(),
                inserts.perSecond(),
                writeCost * 1e3 / writes.timings().count());
          }
        }
        String name = clients == 1 ? "one client" : clients + " clients";
        report.figure(name + ", single writes, median", Timings.median(rates), "/s");
        report.figure(name + ", bare INSERT commits, median", Timings.median(bares), "/s");
        report.figure(name + ", single write, p50", through.p50(), "ms");
        report.figure(name + ", bare INSERT, p50", bare.p50(), "ms");
        report.atLeast(name + ", against bare INSERT, median", Timings.median(ratios), 0.5, "");
      }
      batches(served, document(served, "batches"), setup, report);
    }
  }

  private static void batches(Served served, String document, Setup setup, Report report)
      throws Exception {
    Random random = new Random(7);
    List<String> items = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      float[] vector = new float[DIMENSION];
      for (int d = 0; d < DIMENSION; d++) {
        vector[d] = (float) random.nextGaussian() / 20;
      }
      // All of a request begin with the number of the request.
      items.add(item(document, vector).replace(Request.NUMBER, "b" + i));
    }
    for (int clients : new int[] {1, 2}) {
      List<Double> rates = new ArrayList<>();
      for (int round = -2; round < setup.rounds(); round++) {
        String prefix = "r" + clients + "-" + round + "-";
        int requests = setup.brief() ? 2 : 5;
        List<Request> made = new ArrayList<>();
        for (int i = 0; i < clients * requests; i++) {
          String name = prefix + i + "-b";
          made.add(request(items.stream().map(item -> item.replace("\"cb", "\"" + name)).toList()));
        }
        AtomicLong next = new AtomicLong();
        Load.Outcome outcome =
            Load.run(
                clients,
                thread -> {
                  Wire wire = new Wire(served.port());
                  return () -> {
                    int i = (int) next.getAndIncrement();
                    if (i < made.size() && wire.send(made.get(i)) != 200) {
                      throw new IllegalStateException(wire.body());
                    }
                  };
                },
                () -> next.get() < made.size());
        if (round >= 0) {
          rates.add(made.size() * BATCH / outcome.seconds());
        }
      }
      report.atLeast(
          "batches of 1,000, " + (clients == 1 ? "one client" : clients + " clients") + ", median",
          Timings.median(rates),
          5_000,
          "/s");
    }
  }

  private static String item(String document, float[] vector) {
    StringBuilder numbers = new StringBuilder();
    for (float number : vector) {
      numbers.append(numbers.isEmpty() ? "" : ",").append(number);
    }
    return "{\"document_id\":\"%s\",\"chunk_id\":\"c%s\",\"content\":\"%s\",\"embedding\":[%s]}"
        .formatted(document, Request.NUMBER, CONTENT, numbers);
  }

  private static Request request(List<String> items) {
    return Request.post("/vector/index", "{\"items\":[" + String.join(",", items) + "]}");
  }

  private static String document(Served served, String path) throws Exception {
    try (Wire wire = new Wire(served.port())) {
      int status =
          wire.send(
              Request.post(
                  "/documents",
                  "{\"collection\":\"telemetry_patterns\",\"path\":\"%s\",\"content\":\"bench\"}"
                      .formatted(path)));
      if (status >= 300) {
        throw new IllegalStateException(wire.body());
      }
      return JsonMapper.builder().build().readTree(wire.body()).path("id").asString();
    }
  }

  /** One write over HTTP. */
  private static final class Write implements Load.Step {
    private final Wire wire;
    private final Request request;

    Write(Served served, Request request) throws Exception {
      this.wire = new Wire(served.port());
      this.request = request;
    }

    @Override
    public void run() throws Exception {
      if (wire.send(request, NUMBERS.incrementAndGet()) != 200) {
        throw new IllegalStateException(wire.body());
      }
    }

    @Override
    public void close() throws Exception {
      wire.close();
    }
  }

  /** One commit of the same row, without foreign key, log or index. */
  private static final class Insert implements Load.Step {
    private final Connection database;
    private final PreparedStatement statement;
    private final UUID document = UUID.randomUUID();
    private final byte[] embedding;

    Insert(Served served, float[] vector) throws Exception {
      ByteBuffer bytes =
          ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(vector);
      embedding = bytes.array();
      database = served.server().database();
      statement =
          database.prepareStatement(
              """
              INSERT INTO bench_chunk (id, document_id, chunk, content, embedding, version)
              VALUES (?, ?, ?, ?, ?, ?)
              """);
    }

    @Override
    public void run() throws SQLException {
      long number = NUMBERS.incrementAndGet();
      statement.setObject(1, UUID.randomUUID());
      statement.setObject(2, document);
      statement.setString(3, "c" + number);
      statement.setString(4, CONTENT);
      statement.setBytes(5, embedding);
      statement.setLong(6, number);
      statement.executeUpdate();
    }

    @Override
    public void close() throws SQLException {
      database.close();
    }
  }
}
