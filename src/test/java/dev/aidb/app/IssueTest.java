package dev.aidb.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.cli.Terminal;
import dev.aidb.core.AidbException;
import dev.aidb.core.StartFailure;
import dev.aidb.keys.ApiKey;
import dev.aidb.keys.KeyText;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a secret's file when the change fails. */
class IssueTest {
  private static final KeyText TEXT =
      KeyText.parse("aidb_" + "0".repeat(16) + "_" + "0".repeat(52)).orElseThrow();

  @TempDir private Path folder;

  private Issue issue(Path place) {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    Terminal terminal =
        new Terminal(InputStream.nullInputStream(), nowhere, nowhere, Map.of(), false);
    return new Issue(terminal, Clock.systemUTC(), TEXT, Optional.of(place));
  }

  private List<Path> files() throws Exception {
    try (var files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static Supplier<ApiKey> fails(RuntimeException failure) {
    return () -> {
      throw failure;
    };
  }

  @Test
  void aChangeThatMayHaveBeenMadeKeepsTheFile() throws Exception {
    AidbException away = AidbException.unavailable("PostgreSQL is away", Duration.ZERO, null);
    Issue issue = issue(folder.resolve("a.key"));
    assertThatThrownBy(() -> issue.around(fails(away)))
        .isInstanceOfSatisfying(
            StartFailure.class,
            said -> assertThat(said.advice()).contains(folder.resolve(".new-").toString()));
    assertThat(Files.readString(files().getFirst()).strip()).isEqualTo(TEXT.reveal());
  }

  @Test
  void aChangeThatWasRefusedLeavesNoFile() throws Exception {
    AidbException refused = AidbException.notFound("no such key");
    Issue issue = issue(folder.resolve("a.key"));
    assertThatThrownBy(() -> issue.around(fails(refused))).isSameAs(refused);
    assertThat(files()).isEmpty();
  }
}
