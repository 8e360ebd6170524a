package dev.aidb.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MigrationsTest {
  /** Else a server refuses, when it starts again, the database that it has made. */
  @Test
  void theNewestScriptIsKnown() throws IOException {
    try (Stream<Path> scripts = Files.list(Path.of("src/main/resources/db/migration"))) {
      assertThat(
              scripts.mapToInt(
                  script -> Integer.parseInt(script.getFileName().toString().split("__|V")[1])))
          .contains(Migrations.NEWEST)
          .allMatch(number -> number <= Migrations.NEWEST);
    }
  }
}
