package dev.aidb.cli;

import dev.aidb.core.StartFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code aidb call}: calls any operation of the server by its name. */
@Command(
    name = "call",
    description = "Call an operation of the server by its name.",
    footer = {
      "",
      "A value @FILE is read from a file, a value - from standard input; alone they are the whole",
      "body. The operations and their fields are on the server's /docs page.",
      "",
      "Examples:",
      "  aidb call list_documents collection=nixos_docs limit=5",
      "  aidb call put_document collection=nixos_docs path=notes.md title=Notes content=@notes.md",
      "  aidb call put_document - < document.json"
    })
final class CallCommand implements Callable<Integer> {
  private static final int BYTES_MAX = 8 * 1024 * 1024;

  private final Terminal terminal;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Parameters(index = "0", paramLabel = "OPERATION", description = "Such as search.")
  private String operation = "";

  @Parameters(index = "1..*", paramLabel = "NAME=VALUE", description = "The operation's fields.")
  private List<String> arguments = List.of();

  @Option(names = "--json", description = "Accepted for uniformity: the answer always is JSON.")
  @SuppressWarnings("UnusedVariable") // picocli accepts it
  private boolean json;

  CallCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Map<String, String> values = new LinkedHashMap<>();
    Optional<String> body = Optional.empty();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (argument.equals("-") || argument.startsWith("@")) {
        body = Optional.of(read(argument));
      } else if (equals > 0) {
        values.put(argument.substring(0, equals), read(argument.substring(equals + 1)));
      } else {
        throw new ParameterException(
            spec.commandLine(), "An argument must be NAME=VALUE, @FILE or -: " + argument);
      }
    }
    ApiClient api = server.connect(terminal);
    String answer = ServerOperation.find(api, operation).call(api, values, body);
    if (!answer.isBlank()) {
      terminal.out().println(answer.stripTrailing());
    }
    return 0;
  }

  private String read(String value) {
    if (!value.equals("-") && !value.startsWith("@")) {
      return value;
    }
    try (InputStream source =
        value.equals("-") ? terminal.in() : Files.newInputStream(Path.of(value.substring(1)))) {
      byte[] bytes = source.readNBytes(BYTES_MAX + 1);
      if (bytes.length > BYTES_MAX) {
        throw new StartFailure("The input is larger than 8 MiB, the most the server takes", "");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new StartFailure("Can't read " + value.substring(1), "", e);
    }
  }
}
