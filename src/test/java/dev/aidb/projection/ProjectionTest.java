package dev.aidb.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.index.IndexChange;
import dev.aidb.index.Position;
import dev.aidb.index.lucene.LuceneIndex;
import dev.aidb.projection.Projection.Ticket;
import dev.aidb.projection.Projection.Verification;
import dev.aidb.store.ChangeLog;
import dev.aidb.store.Database;
import dev.aidb.store.DatabaseEndpoint;
import dev.aidb.store.PoolSettings;
import dev.aidb.testkit.PostgresForTests;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectionTest {
  private final List<String> failed = new CopyOnWriteArrayList<>();

  private static final Duration NEVER = Duration.ofHours(1);
  private static final Duration SOON = Duration.ofMillis(20);

  @TempDir Path directory;

  private final DatabaseEndpoint endpoint = PostgresForTests.freshEndpoint();
  private final Database database =
      Database.open(
          endpoint, new PoolSettings(2, 18, Duration.ofSeconds(5), Duration.ofMinutes(30)));
  private final ChangeLog log = new ChangeLog(database);
  private final Node node = new Node(database, log);
  private final UUID self = UUID.randomUUID();
  private FaultyIndex index;
  private Projection projection;
  private UUID document;

  @BeforeEach
  void open() {
    index = new FaultyIndex(LuceneIndex.open(directory.resolve("index")));
    projection = projection(new Projection.Settings(NEVER, Duration.ZERO, self));
    node.collection("docs", 4);
    document = node.document("docs");
  }

  @AfterEach
  void close() {
    projection.close();
    index.close();
    database.close();
  }

  private Projection projection(Projection.Settings settings) {
    return new Projection(
        database, log, index, () -> {}, settings, (component, failure) -> failed.add(component));
  }

  /** As after a restart: what wasn't committed is lost. */
  private void restart(Projection.Settings settings) {
    index.close();
    projection.close();
    index = new FaultyIndex(LuceneIndex.open(directory.resolve("index")));
    projection = projection(settings);
    projection.start();
  }

  private void restart() {
    restart(new Projection.Settings(NEVER, Duration.ZERO, self));
  }

  private Map<UUID, Long> indexed() {
    Map<UUID, Long> versions = new HashMap<>();
    index.entries("docs", entry -> versions.put(entry.id(), entry.version()));
    return versions;
  }

  private Map<UUID, Long> stored() {
    Map<UUID, Long> versions = new HashMap<>();
    new Rows(database).versions("docs", versions::put);
    return versions;
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.sleep(5);
    }
  }

  private List<UUID> someRecords(int count) {
    List<UUID> ids = new ArrayList<>();
    database.useTransaction(handle -> {
      for (int i = 0; i < count; i++) {
        UUID id = UUID.randomUUID();
        node.put(handle, document, id, "record " + i, new float[] {1, 0, 0, 0});
        ids.add(id);
      }
    });
    return ids;
  }

  @Test
  void aCommittedChangeIsVisibleAtOnce() {
    projection.start();
    UUID id = UUID.randomUUID();

    try (Ticket ticket = projection.begin()) {
      IndexChange change = node.put(document, id, "first");
      assertThat(ticket.committed(List.of(change))).isTrue();
      assertThat(indexed()).containsExactly(Map.entry(id, change.version()));
    }
  }

  @Test
  void rowsAreReadAgainWhereTheWriterHasNoTexts() {
    projection.start();
    UUID id = UUID.randomUUID();
    UUID gone = UUID.randomUUID();

    try (Ticket ticket = projection.begin()) {
      long version = node.put(document, id, "first").version();
      assertThat(ticket.reload(Map.of(id, version, gone, 1L))).isTrue();
      assertThat(indexed()).containsExactly(Map.entry(id, version));
    }
  }

  @Test
  void theApplierBringsWhatOtherNodesWrote() {
    projection.start();
    List<UUID> ids = someRecords(5);
    node.remove(ids.getFirst());

    projection.catchUp();

    assertThat(indexed()).hasSize(4).isEqualTo(stored());
  }

  @Test
  void aLateWriterDoesNotOverrideANewerVersion() {
    projection.start();
    UUID id = UUID.randomUUID();
    try (Ticket late = projection.begin()) {
      IndexChange old = node.put(document, id, "old");
      IndexChange newer;
      try (Ticket quick = projection.begin()) {
        newer = node.put(document, id, "newer");
        quick.committed(List.of(newer));
      }
      // The applier passes both and would settle, twice.
      projection.catchUp();
      projection.catchUp();

      late.committed(List.of(old));

      assertThat(indexed()).containsExactly(Map.entry(id, newer.version()));
    }
  }

  @Test
  void aLateWriterDoesNotBringBackWhatWasDeleted() {
    projection.start();
    UUID id = UUID.randomUUID();
    try (Ticket late = projection.begin()) {
      IndexChange old = node.put(document, id, "old");
      node.remove(id); // elsewhere
      projection.catchUp();
      projection.catchUp();

      late.committed(List.of(old));

      assertThat(indexed()).isEmpty();
    }
  }

  @Test
  void versionsInOrderAreAppliedInOrder() {
    projection.start();
    UUID id = UUID.randomUUID();
    try (Ticket first = projection.begin();
        Ticket second = projection.begin()) {
      first.committed(List.of(node.put(document, id, "old")));
      projection.catchUp();
      IndexChange newer = node.put(document, id, "newer");
      second.committed(List.of(newer));
      projection.catchUp();

      assertThat(indexed()).containsExactly(Map.entry(id, newer.version()));
    }
  }

  @Test
  void aWriterFromBeforeARebuildDoesNotBringBackWhatWasDeleted() {
    projection.start();
    UUID id = UUID.randomUUID();
    try (Ticket late = projection.begin()) {
      IndexChange old = node.put(document, id, "old");
      try (Ticket quick = projection.begin()) {
        quick.committed(List.of(node.remove(id)));
      }
      projection.rebuild();

      assertThat(late.committed(List.of(old))).isFalse();

      projection.catchUp();
      assertThat(indexed()).isEmpty();
    }
  }

  @Test
  void anOverlappingTransactionIsNotPassedOver() {
    projection.start();
    UUID slow = UUID.randomUUID();
    UUID quick = UUID.randomUUID();
    try (Handle handle = database.jdbi().open()) {
      handle.begin();
      node.put(handle, document, slow, "begun first", new float[] {1, 0, 0, 0});
      node.put(document, quick, "committed first");
      projection.catchUp();
      handle.commit();
    }

    projection.catchUp();

    assertThat(indexed()).containsOnlyKeys(slow, quick);
  }

  @Test
  void aRestartReadsOnlyWhatCameAfterThePosition() {
    projection.start();
    someRecords(50);
    projection.catchUp(); // and commits
    someRecords(3);

    restart();

    assertThat(index.applied).hasValue(3);
    assertThat(indexed()).hasSize(53).isEqualTo(stored());
  }

  @Test
  void aCrashBeforeTheCommitLosesNothing() {
    projection = projection(new Projection.Settings(NEVER, NEVER, self));
    projection.start();
    try (Ticket ticket = projection.begin()) {
      ticket.committed(List.of(node.put(document, UUID.randomUUID(), "direct")));
    }
    someRecords(2);
    projection.catchUp();
    assertThat(indexed()).hasSize(3);

    restart();

    assertThat(indexed()).hasSize(3).isEqualTo(stored());
  }

  @Test
  void anIndexAheadOfTheDatabaseIsBuiltAnew() {
    someRecords(3);
    index.commit(new Position(log.generation(), Long.MAX_VALUE / 2, 1));

    projection.start();

    assertThat(indexed()).hasSize(3);
    assertThat(index.position()).contains(Positions.inIndex(log.generation(), log.head()));
  }

  @Test
  void anIndexOfAnotherDatabaseIsBuiltAnew() {
    someRecords(3);
    index.apply(List.of(node.put(document, UUID.randomUUID(), "strange")));
    database.useHandle(handle -> handle.execute("DELETE FROM chunk WHERE content = 'strange'"));
    index.commit(new Position("another", 1, 1));

    projection.start();

    assertThat(indexed()).isEqualTo(stored());
  }

  @Test
  void anIndexBelowTheLogsFloorIsBuiltAnew() {
    projection.start();
    someRecords(3);
    database.useHandle(handle -> handle.execute("DELETE FROM index_follower"));
    log.trim(Duration.ofSeconds(-60)); // all of it is older than a minute from now
    assertThat(indexed()).isEmpty();

    projection.catchUp();

    assertThat(projection.ready()).isTrue();
    assertThat(indexed()).hasSize(3).isEqualTo(stored());
  }

  @Test
  void verificationFindsAndMendsWhatDiffers() {
    projection.start();
    List<UUID> ids = someRecords(10);
    projection.catchUp();
    IndexChange orphan = node.put(document, UUID.randomUUID(), "orphan");
    database.useHandle(handle -> handle.execute("DELETE FROM chunk WHERE content = 'orphan'"));
    projection.catchUp();
    projection.catchUp(); // settles
    index.apply(List.of(new IndexChange.Remove(ids.get(0), Long.MAX_VALUE), orphan));
    database.useHandle(handle ->
        handle.execute(
            "UPDATE chunk SET version = nextval('record_version') WHERE id = ANY(?)",
            (Object) new UUID[] {ids.get(1), ids.get(2)}));

    Verification found = projection.verify();

    assertThat(found).isEqualTo(new Verification(10, 1, 2, 1));
    assertThat(indexed()).isEqualTo(stored());
    assertThat(projection.verify()).isEqualTo(new Verification(10, 0, 0, 0));
  }

  @Test
  void verificationDoesNotMistakeWritesForDamage() throws Exception {
    projection.start();
    List<UUID> ids = someRecords(20);
    AtomicBoolean stop = new AtomicBoolean();
    try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> writing = writers.submit(() -> churn(ids, stop));
      for (int i = 0; i < 4; i++) {
        assertThat(projection.verify().clean()).as("round %s", i).isTrue();
      }
      stop.set(true);
      writing.get();
    }
    projection.catchUp();
    assertThat(indexed()).isEqualTo(stored());
  }

  @Test
  void aRebuildUnderWritersEndsEqualToTheRows() throws Exception {
    projection.start();
    AtomicBoolean stop = new AtomicBoolean();
    try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> writing = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        List<UUID> ids = new ArrayList<>(someRecords(20));
        writing.add(writers.submit(() -> churn(ids, stop)));
      }
      for (int i = 0; i < 5; i++) {
        projection.rebuild();
      }
      stop.set(true);
      for (Future<?> each : writing) {
        each.get();
      }
    }
    projection.catchUp();
    assertThat(indexed()).isEqualTo(stored());
  }

  /** Changes, deletes and makes records, handing the changes over, now and then late. */
  private void churn(List<UUID> ids, AtomicBoolean stop) {
    int i = 0;
    while (!stop.get()) {
      try (Ticket ticket = projection.begin()) {
        int place = i % ids.size();
        UUID id = ids.get(place);
        IndexChange change;
        if (i % 3 == 0) {
          change = node.remove(id);
          ids.set(place, UUID.randomUUID());
        } else {
          change = node.put(document, id, "change " + i);
        }
        if (i % 5 == 0) {
          Thread.yield();
        }
        if (i % 7 != 0) {
          ticket.committed(List.of(change));
        }
      }
      i++;
    }
  }

  @Test
  void aRebuildThatFailsClaimsNoPositionAndIsFinishedLater() {
    projection.start();
    someRecords(1_050);
    projection.catchUp();
    index.appliesLeft.set(2); // removals and puts of the first page

    assertThatThrownBy(projection::rebuild).isInstanceOf(AidbException.class);
    assertThat(projection.ready()).isFalse();
    assertThat(index.position()).isEmpty();
    try (Ticket ticket = projection.begin()) {
      IndexChange change = node.put(document, UUID.randomUUID(), "meanwhile");
      assertThat(ticket.committed(List.of(change))).isFalse();
    }

    index.appliesLeft.set(Long.MAX_VALUE);
    projection.catchUp();
    assertThat(projection.ready()).isTrue();
    assertThat(indexed()).hasSize(1_051).isEqualTo(stored());
  }

  @Test
  void whatTheIndexCannotTakeIsAppliedLater() throws Exception {
    projection = projection(new Projection.Settings(SOON, Duration.ZERO, self));
    projection.start();
    index.appliesLeft.set(0);
    UUID id = UUID.randomUUID();
    try (Ticket ticket = projection.begin()) {
      assertThat(ticket.committed(List.of(node.put(document, id, "safe")))).isFalse();
    }
    await(() -> projection.trouble().isPresent());
    assertThat(failed).contains("projection");

    index.appliesLeft.set(Long.MAX_VALUE);

    await(() -> projection.trouble().isEmpty() && indexed().containsKey(id));
  }

  @Test
  void aBrokenIndexIsOpenedAgain() throws Exception {
    projection = projection(new Projection.Settings(SOON, NEVER, self));
    projection.start();
    someRecords(3);
    await(() -> indexed().size() == 3); // not committed
    index.broken = true;
    UUID id = UUID.randomUUID();
    try (Ticket ticket = projection.begin()) {
      ticket.committed(List.of(node.put(document, id, "safe")));
    }

    await(() -> projection.ready() && !index.broken && indexed().containsKey(id));

    assertThat(indexed()).hasSize(4).isEqualTo(stored());
  }

  @Test
  void itWaitsForADatabaseThatIsAway() throws Exception {
    projection = projection(new Projection.Settings(SOON, Duration.ZERO, self));
    projection.start();
    someRecords(2);
    await(() -> indexed().size() == 2);

    asSuperuser("ALTER DATABASE %s ALLOW_CONNECTIONS false".formatted(endpoint.name()));
    asSuperuser(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s'"
            .formatted(endpoint.name()));
    await(() -> projection.trouble().isPresent());
    assertThat(projection.ready()).isTrue(); // the index itself is well

    asSuperuser("ALTER DATABASE %s ALLOW_CONNECTIONS true".formatted(endpoint.name()));
    await(() -> projection.trouble().isEmpty());
    someRecords(1);
    await(() -> indexed().size() == 3);
  }

  private static void asSuperuser(String statement) throws SQLException {
    DatabaseEndpoint admin = PostgresForTests.server().superuser();
    String url = "jdbc:postgresql://%s:%d/%s".formatted(admin.host(), admin.port(), admin.name());
    try (Connection connection = DriverManager.getConnection(url, admin.user(), admin.password());
        Statement s = connection.createStatement()) {
      s.execute(statement);
    }
  }

  @Test
  void aCollectionMadeAgainWithAnotherDimensionIsFollowed() {
    projection.start();
    someRecords(3);
    projection.catchUp();
    node.dropCollection("docs");
    node.collection("docs", 2);
    UUID again = node.document("docs");
    UUID id = UUID.randomUUID();
    node.put(again, id, "of two", new float[] {0, 1});

    projection.catchUp(); // the removals and the record in one batch

    assertThat(indexed()).containsOnlyKeys(id);
  }

  @Test
  void aRecordThatTheIndexRefusesStopsNoOther() {
    projection.start();
    UUID before = UUID.randomUUID();
    UUID after = UUID.randomUUID();
    node.put(document, before, "fine");
    projection.catchUp();
    node.put(document, UUID.randomUUID(), "of another dimension", new float[] {1, 0});
    node.put(document, after, "fine");

    projection.catchUp();

    assertThat(indexed()).containsOnlyKeys(before, after);
  }

  @Test
  void theLogIsCutBelowItsFollowers() throws Exception {
    projection =
        projection(new Projection.Settings(SOON, Duration.ZERO, self, SOON, Duration.ofDays(1)));
    projection.start();
    someRecords(5);

    await(() -> indexed().size() == 5 && logged() <= 1);

    restart();
    assertThat(index.applied).hasValue(0); // nothing had to be built anew
    assertThat(indexed()).hasSize(5);
  }

  private long logged() {
    return database.withHandle(
        handle -> handle.createQuery("SELECT count(*) FROM change_log").mapTo(Long.class).one());
  }
}
