package dev.aidb.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.store.Database;
import dev.aidb.store.PoolSettings;
import dev.aidb.testkit.PostgresForTests;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a start says of limits that are lower than the configuration wants. */
class StartAdviceTest {
  private static final PoolSettings USUAL = PoolSettings.defaults();

  @Test
  void aPoolThatTheDatabaseCanBearNeedsNoAdvice() {
    assertThat(PoolAdvice.of(54, USUAL)).isEmpty();
  }

  @Test
  void aPoolThatIsTooLargeIsSaidWithWhatToDo() {
    assertThat(PoolAdvice.of(17, USUAL).orElseThrow())
        .contains("may open 54 connections", "takes 17", "max_connections", "to 13 together");
  }

  @Test
  void theLeastOfServerDatabaseAndRoleCounts() {
    try (Database database = PostgresForTests.freshDatabase()) {
      int server = database.connectionsAllowed();
      assertThat(server).isBetween(100, 200);
      database.useHandle(handle ->
          handle.execute("ALTER DATABASE " + database.endpoint().name() + " CONNECTION LIMIT 23"));
      assertThat(database.connectionsAllowed()).isEqualTo(23);
      PoolAdvice.give(database, new PoolSettings(1, 1, Duration.ofSeconds(1), Duration.ofHours(1)));
    }
  }

  @Test
  void connectionsLeaveFilesForTheRest() {
    assertThat(ConnectionRoom.room(2_048, 20_000)).isEqualTo(2_048);
    assertThat(ConnectionRoom.room(2_048, 1_024)).isEqualTo(512);
    assertThat(ConnectionRoom.room(2_048, 256)).isEqualTo(64);
    assertThat(ConnectionRoom.of(16)).isEqualTo(16);
  }
}
