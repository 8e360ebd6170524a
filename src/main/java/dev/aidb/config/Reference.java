package dev.aidb.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Writes the reference page of the configuration from the declared keys. */
public final class Reference {
  private static final String HEAD =
      """
      # Configuration

      <!-- Generated from the declarations in dev.aidb.config.Config by `make docs`; don't edit. -->

      The server reads, the later winning over the earlier:

      1. the defaults below;
      2. one YAML file: that of `--config`, else that of `AIDB_CONFIG`, else none;
      3. when `AIDB_ENV` is set, the overlay `config.<AIDB_ENV>.yaml` beside that file;
      4. environment variables: `AIDB_` and the key in capitals, dots and underscores alike as
         underscores (`AIDB_DATABASE_POOL_MAX_OVERFLOW`); commas separate the elements of a list; an
         empty variable counts as unset;
      5. flags of the command line.

      An unknown key in a file, a bad value or a missing file stops the start, with all faults at once.
      An unknown `AIDB_` variable only warns. `aidb config show` prints what is in effect and where it
      came from; `aidb config check` judges a file.

      Durations are ISO 8601 (`PT30S`, `PT5M`, `P1D`). A relative path in a file starts from the
      file's folder, one in a variable or flag from the working directory; `~` is the user's home.

      Secrets are never written in a file of configuration. A key that ends in `_file` names a file
      that holds the secret and that only the server's user can read; the variable without `_FILE`
      holds the secret itself (`AIDB_DATABASE_PASSWORD`).

      `POSTGRES_HOST`, `POSTGRES_PORT`, `POSTGRES_DB`, `POSTGRES_USER`, `POSTGRES_PASSWORD` and
      `QDRANT_URL` are taken as aliases of `database.{host,port,name,user,password}` and `qdrant.url`.
      """;

  private Reference() {}

  /** The page in Markdown. */
  public static String markdown() {
    StringBuilder page = new StringBuilder(HEAD);
    page.append("\n## Top level\n");
    table(page, "");
    for (Map.Entry<String, Section> section : Declarations.sections().entrySet()) {
      page.append("\n## ").append(section.getKey()).append("\n\n");
      page.append(section.getValue().value()).append('\n');
      table(page, section.getKey());
    }
    return page.toString();
  }

  /** Writes the page to the path given as the only argument. */
  public static void main(String[] arguments) throws IOException {
    Path page = Path.of(arguments[0]);
    Path folder = page.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.writeString(page, markdown());
  }

  private static void table(StringBuilder page, String section) {
    List<Declaration> keys =
        Declarations.keys().values().stream()
            .filter(declaration -> sectionOf(declaration).equals(section))
            .toList();
    if (keys.isEmpty()) {
      return;
    }
    page.append("\n| key | default | values | meaning | in effect |\n|---|---|---|---|---|\n");
    for (Declaration declaration : keys) {
      String row =
          "| `%s` | %s | %s | %s | %s |%n"
              .formatted(
                  declaration.path(),
                  normal(declaration),
                  cell(values(declaration)),
                  cell(declaration.key().doc()),
                  declaration.key().effect().words());
      page.append(row.replace(System.lineSeparator(), "\n"));
    }
  }

  private static String sectionOf(Declaration declaration) {
    int dot = declaration.path().lastIndexOf('.');
    return dot < 0 ? "" : declaration.path().substring(0, dot);
  }

  private static String normal(Declaration declaration) {
    if (declaration.path().equals("data_dir")) {
      return "`$XDG_DATA_HOME/aidb`, else `~/.local/share/aidb`";
    }
    String normal = declaration.key().normal();
    if (declaration.list()) {
      return "`[" + normal.replace(",", ", ") + "]`";
    }
    return normal.isEmpty() ? "none" : "`" + normal + "`";
  }

  private static String values(Declaration declaration) {
    Key key = declaration.key();
    String values = kind(declaration);
    if (key.allowed().length > 0) {
      values = String.join(", ", key.allowed());
    } else if (!key.form().isEmpty()) {
      values = key.form();
    }
    if (!key.min().isEmpty()) {
      values += ", " + key.min() + " to " + key.max();
    }
    return declaration.list() ? "list of: " + values : values;
  }

  private static String kind(Declaration declaration) {
    Class<?> type = declaration.type();
    if (type.isEnum()) {
      return String.join(", ", Values.names(type));
    } else if (type == int.class) {
      return "whole number";
    } else if (type == double.class) {
      return "number";
    } else if (type == boolean.class) {
      return "true, false";
    } else if (type == Duration.class) {
      return "duration";
    } else if (type == Size.class) {
      return "size";
    }
    return switch (type.getSimpleName()) {
      case "Path", "Secret" -> "path";
      case "URI" -> "address";
      case "ZoneId" -> "time zone";
      case "CronSchedule" -> "a cron expression of five fields, such as 0 2 * * *";
      default -> "text";
    };
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("*", "\\*");
  }
}
