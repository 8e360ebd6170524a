package dev.aidb.cli;

import dev.aidb.chunking.ContentType;
import dev.aidb.config.SecretFiles;
import dev.aidb.core.AidbException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code aidb import}: files and folders into a running server. */
@Command(
    name = "import",
    description =
        "Imports files and folders. Unchanged documents are skipped, so run it again at will.",
    footer = {
      "",
      "Examples:",
      "  aidb import docs/ --collection nixos_docs --project manual",
      "  aidb import /usr/share/man/man1 --collection nixos_docs --include '*.gz'",
      "  aidb import packages.ndjson --collection nixos_docs --json",
      "",
      "Exit codes: 0 all stored, 1 something was refused or the server failed, 2 wrong usage,",
      "130 interrupted."
    })
final class ImportCommand implements Callable<Integer> {
  private static final Duration STOP_WAIT = Duration.ofSeconds(20);

  @Parameters(arity = "1..*", paramLabel = "PATH", description = "Files and folders.")
  private List<Path> paths = new ArrayList<>();

  @Option(
      names = "--collection",
      defaultValue = "nixos_docs",
      description = "The collection to store in. Default: ${DEFAULT-VALUE}.")
  private String collection = "";

  @Option(names = "--project", defaultValue = "default", description = "Default: ${DEFAULT-VALUE}.")
  private String project = "";

  @Option(names = "--url", description = "The server. Default: AIDB_URL or http://127.0.0.1:8091.")
  private @Nullable String url;

  @Option(
      names = "--key-file",
      description = "A file with the API key. Default: AIDB_API_KEY_FILE.")
  private @Nullable Path keyFile;

  @Option(names = "--json", description = "Print the summary as JSON on standard output.")
  private boolean json;

  @Option(names = "--dry-run", description = "Read everything, send nothing.")
  private boolean dryRun;

  @Option(
      names = "--type",
      description = "The content type of all files, such as text/markdown. Default: by name.")
  private @Nullable String type;

  @Option(names = "--encoding", defaultValue = "UTF-8", description = "Default: ${DEFAULT-VALUE}.")
  private String encoding = "";

  @Option(names = "--include", paramLabel = "GLOB", description = "Only these, such as '*.md'.")
  private List<String> include = new ArrayList<>();

  @Option(names = "--exclude", paramLabel = "GLOB", description = "Not these.")
  private List<String> exclude = new ArrayList<>();

  @Option(names = "--follow-symlinks", description = "Follow symbolic links within folders.")
  private boolean followSymlinks;

  @Option(names = "--retry-seconds", hidden = true, defaultValue = "120")
  private int retrySeconds;

  @Option(names = "--answer-seconds", hidden = true, defaultValue = "600")
  private int answerSeconds;

  @Option(names = "--batch-documents", hidden = true, defaultValue = "2000")
  private int batchDocuments;

  @Spec private @Nullable CommandSpec spec;

  private final Terminal terminal;
  private volatile @Nullable ImportRun run;

  ImportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    ImportReader reader = reader();
    ImportWalk walk = walk();
    ImportSummary summary = new ImportSummary();
    walk.refused().forEach(r -> summary.refused(r.label(), r.reason()));
    BatchSender.Settings settings =
        new BatchSender.Settings(
            endpoint(),
            key(),
            Duration.ofSeconds(Math.clamp(answerSeconds, 1, 3_600)),
            Duration.ofSeconds(Math.clamp(retrySeconds, 0, 3_600)),
            Duration.ofMillis(250));
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build()) {
      BatchSender sender = new BatchSender(client, settings, summary);
      ImportRun importing = new ImportRun(reader, sender, summary, batchDocuments, dryRun);
      run = importing;
      return carryOut(importing, sender, walk.found(), summary);
    }
  }

  /** Ends the import after what is on its way, as Ctrl-C does. */
  void interrupt() {
    ImportRun importing = run;
    if (importing != null) {
      importing.stop();
    }
  }

  private int carryOut(
      ImportRun importing, BatchSender sender, List<ImportSource> sources, ImportSummary summary)
      throws InterruptedException {
    CountDownLatch finished = new CountDownLatch(1);
    Thread hook = Thread.ofPlatform().unstarted(() -> endWith(importing, finished));
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      long total = sources.stream().mapToLong(ImportReader::count).sum();
      try (ImportProgress progress =
          new ImportProgress(
              terminal, total, Duration.ofSeconds(3), summary::done, sender::limited)) {
        importing.run(sources);
      }
      report(importing, summary);
    } finally {
      finished.countDown();
      removeHook(hook);
    }
    if (importing.isStopped()) {
      return 130;
    }
    return summary.refused() > 0 || !importing.failure().isEmpty() ? 1 : 0;
  }

  private static void endWith(ImportRun importing, CountDownLatch finished) {
    importing.stop();
    try {
      if (!finished.await(STOP_WAIT.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println("Stopped without waiting for the server's last answers.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is already ending; the hook has done its work.
    }
  }

  private void report(ImportRun importing, ImportSummary summary) {
    PrintWriter out = terminal.out();
    PrintWriter err = terminal.err();
    err.print((dryRun ? "Dry run, nothing was sent: " : "") + summary.toText());
    if (dryRun) {
      err.println(importing.read() + " documents would be sent.");
    }
    if (!importing.failure().isEmpty()) {
      err.println("Failed: " + Terminal.harmless(importing.failure()) + ". " + importing.advice());
    } else if (importing.isStopped()) {
      err.println("Interrupted. Run the same command again to go on.");
    }
    if (json) {
      out.println(
          JsonMapper.builder()
              .build()
              .writeValueAsString(summary.toJson(importing.isStopped(), importing.failure())));
    }
    out.flush();
    err.flush();
  }

  private ImportReader reader() {
    try {
      Optional<ContentType> told = Optional.ofNullable(type).map(ContentType::parse);
      return new ImportReader(collection, project, told, Charset.forName(encoding));
    } catch (AidbException e) {
      throw wrong("--type: " + e.detail());
    } catch (IllegalArgumentException e) {
      throw wrong("--encoding: there is no such encoding");
    }
  }

  private ImportWalk walk() {
    try {
      ImportWalk walk = new ImportWalk(include, exclude, followSymlinks);
      paths.forEach(walk::add);
      return walk;
    } catch (java.util.regex.PatternSyntaxException e) {
      throw wrong("--include and --exclude take patterns such as '*.md'");
    }
  }

  private URI endpoint() {
    String told =
        Optional.ofNullable(url)
            .or(() -> terminal.variable("AIDB_URL"))
            .orElse("http://127.0.0.1:8091");
    try {
      URI base = URI.create(told.endsWith("/") ? told.substring(0, told.length() - 1) : told);
      boolean web = "http".equals(base.getScheme()) || "https".equals(base.getScheme());
      if (web && base.getHost() != null && base.getUserInfo() == null) {
        return URI.create(base + "/documents/batch");
      }
    } catch (IllegalArgumentException e) {
      // falls through: the answer is the same
    }
    throw wrong("--url must be an address such as http://127.0.0.1:8091");
  }

  private Optional<String> key() {
    Optional<Path> file =
        Optional.ofNullable(keyFile).or(() -> terminal.variable("AIDB_API_KEY_FILE").map(Path::of));
    try {
      return file.map(f -> SecretFiles.read(f, false).reveal());
    } catch (IllegalArgumentException e) {
      throw wrong("--key-file: the file can't be used: it " + e.getMessage());
    }
  }

  private RuntimeException wrong(String message) {
    return spec == null
        ? new IllegalStateException(message)
        : new ParameterException(spec.commandLine(), message);
  }
}
