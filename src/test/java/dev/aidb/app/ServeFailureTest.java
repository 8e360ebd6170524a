package dev.aidb.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aidb.cli.AidbCommand;
import dev.aidb.cli.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody reads whose server doesn't start. */
class ServeFailureTest {
  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int serve(String... flags) {
    Terminal terminal =
        new Terminal(
            InputStream.nullInputStream(),
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            Map.of(),
            false);
    String[] arguments = new String[flags.length + 1];
    arguments[0] = "serve";
    System.arraycopy(flags, 0, arguments, 1, flags.length);
    return AidbCommand.run(terminal, List.of(new ServeCommand()), arguments);
  }

  @Test
  void aDirectoryThatIsAFile() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    assertThat(serve("--port", "0", "--data-dir", file.toString())).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("aidb: The data directory " + file + " can't be made")
        .contains("--data-dir")
        .doesNotContain("\tat ", "Exception");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void allFaultsOfTheFlagsAtOnce() {
    assertThat(serve("--port", "99999", "--host", "0.0.0.0")).isEqualTo(1);
    assertThat(err.toString())
        .contains("server.port", "server.host")
        .doesNotContain("\tat ", "Exception");
  }

  @Test
  void aConfigurationFileThatIsMissing() {
    Path missing = directory.resolve("missing.yaml");
    assertThat(serve("--config", missing.toString())).isEqualTo(1);
    assertThat(err.toString()).contains(missing.toString()).doesNotContain("\tat ", "Exception");
  }

  @Test
  void aFlagThatIsNone() {
    assertThat(serve("--prot", "1")).isEqualTo(2);
    assertThat(err.toString()).contains("--prot");
  }
}
