package dev.aidb.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code aidb gc}: has solutions forgotten, looks at runs, and brings back. */
@Command(
    name = "gc",
    description = "Forget solutions safely, and bring them back.",
    footer = {
      "",
      "Examples:",
      "  aidb gc plan",
      "  aidb gc run --only expired --yes",
      "  aidb gc runs",
      "  aidb gc restore --run 0199f3a2-5c1e-7d2b-9a40-3f1c2b7e8d90",
      "  aidb gc status"
    })
final class GcCommand implements Runnable {
  private final Terminal terminal;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  GcCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Say what to do: plan, run, runs, restore or status");
  }

  /** What can be named by {@code --only}. */
  private enum Part {
    EXPIRED,
    LOW_VALUE,
    DUPLICATE,
    ORPHAN
  }

  @Command(name = "plan", description = "Show what a run would remove, and remove nothing.")
  int plan(
      @Mixin ServerOptions server,
      @Option(
              names = "--only",
              paramLabel = "TASK",
              split = ",",
              description = "${COMPLETION-CANDIDATES}.")
          @Nullable List<Part> only,
      @Option(
              names = "--wait",
              paramLabel = "SECONDS",
              defaultValue = "30",
              description = "How long to wait for it (default: ${DEFAULT-VALUE}).")
          int wait,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    return collect(server, request(true, only, false, wait), json);
  }

  @Command(name = "run", description = "Remove what a plan shows; it can be restored for a time.")
  int collect(
      @Mixin ServerOptions server,
      @Mixin Confirmation confirmation,
      @Option(
              names = "--only",
              paramLabel = "TASK",
              split = ",",
              description = "${COMPLETION-CANDIDATES}.")
          @Nullable List<Part> only,
      @Option(names = "--force", description = "Remove even more than is allowed at once.")
          boolean force,
      @Option(
              names = "--wait",
              paramLabel = "SECONDS",
              defaultValue = "30",
              description = "How long to wait for it (default: ${DEFAULT-VALUE}).")
          int wait,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    boolean agreed =
        confirmation.given(
            terminal, spec.commandLine(), "Remove what aidb gc plan shows? It can be restored.");
    return agreed ? collect(server, request(false, only, force, wait), json) : 1;
  }

  private static ObjectNode request(
      boolean dryRun, @Nullable List<Part> only, boolean force, int wait) {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.put("dry_run", dryRun).put("force", force).put("wait_seconds", wait);
    if (only != null) {
      ArrayNode tasks = body.putArray("operations");
      only.stream().distinct().forEach(part -> tasks.add(part.name().toLowerCase(Locale.ROOT)));
    }
    return body;
  }

  private int collect(ServerOptions server, ObjectNode request, boolean json) {
    Duration longer = Duration.ofSeconds(Math.max(0, request.path("wait_seconds").asInt()));
    JsonNode run = server.connect(terminal, longer).post("/gc", request);
    return print(
        run,
        json,
        GcCommand::statusOf,
        () -> {
          show(run);
          if (List.of("planning", "running").contains(text(run, "state"))) {
            terminal
                .err()
                .println("It goes on; look at it with: aidb gc runs " + text(run, "run_id"));
          }
        });
  }

  /** A run that was refused or failed is a failure of the command. */
  private static int statusOf(JsonNode run) {
    return List.of("refused", "failed").contains(text(run, "state")) ? 1 : 0;
  }

  private int print(JsonNode answer, boolean json, ToIntFunction<JsonNode> status, Runnable show) {
    if (json) {
      terminal.out().println(answer);
    } else {
      show.run();
    }
    return status.applyAsInt(answer);
  }

  private void show(JsonNode run) {
    terminal
        .out()
        .println(
            String.join(
                "\t",
                text(run, "run_id"),
                text(run, "state"),
                run.path("dry_run").asBoolean() ? "plan" : "run",
                text(run, "started_at"),
                text(run, "actor")));
    for (JsonNode reason : run.path("reasons")) {
      terminal
          .out()
          .println(
              "  %s\t%d planned, %d done, %d skipped"
                  .formatted(
                      text(reason, "reason"),
                      reason.path("planned").asLong(),
                      reason.path("done").asLong(),
                      reason.path("skipped").asLong()));
      reason.path("ids").forEach(id -> terminal.out().println("    " + id.asString("")));
    }
    if (run.hasNonNull("problem")) {
      terminal.err().println(text(run, "problem"));
    }
  }

  private static String text(JsonNode node, String field) {
    return Terminal.harmless(node.path(field).asString(""));
  }

  @Command(name = "runs", description = "List the runs, the newest first; or one with its ids.")
  int runs(
      @Mixin ServerOptions server,
      @Parameters(arity = "0..1", paramLabel = "RUN", description = "A run's id.")
          @Nullable UUID run,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "20",
              description = "How many at most (default: ${DEFAULT-VALUE}).")
          int limit,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    String path = run == null ? "/gc/runs?limit=" + limit : "/gc/runs/" + run;
    JsonNode answer = server.connect(terminal).get(path);
    return print(
        answer,
        json,
        any -> 0,
        () -> {
          if (run == null) {
            answer.path("runs").forEach(this::show);
          } else {
            show(answer);
          }
        });
  }

  @Command(name = "restore", description = "Bring back removed solutions, or all of a run.")
  int restore(
      @Mixin ServerOptions server,
      @Parameters(arity = "0..*", paramLabel = "ID", description = "Solutions.")
          @Nullable List<UUID> ids,
      @Option(names = "--run", paramLabel = "RUN", description = "All that this run removed.")
          @Nullable UUID run,
      @Option(names = "--pin", description = "Pin them, so that no later run removes them again.")
          boolean pin,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    boolean named = ids != null && !ids.isEmpty();
    if (named == (run != null)) {
      throw new ParameterException(spec.commandLine(), "Give either solutions or --run");
    }
    ObjectNode body = JsonMapper.shared().createObjectNode().put("pin", pin);
    if (run != null) {
      body.put("run", run.toString());
    } else if (ids != null) {
      ArrayNode list = body.putArray("ids");
      ids.stream().distinct().forEach(id -> list.add(id.toString()));
    }
    JsonNode answer = server.connect(terminal).post("/gc/restore", body);
    return print(
        answer,
        json,
        said -> {
          long left =
              said.path("conflicts").asLong()
                  + said.path("purged").asLong()
                  + said.path("unknown").asLong();
          return left == 0 ? 0 : 1;
        },
        () ->
            answer
                .path("records")
                .forEach(
                    one -> terminal.out().println(text(one, "id") + "\t" + text(one, "outcome"))));
  }

  @Command(name = "status", description = "Tell when it ran and will run, and how full it is.")
  int status(
      @Mixin ServerOptions server,
      @Option(names = "--json", description = "Print JSON.") boolean json) {
    JsonNode answer = server.connect(terminal).get("/gc/status");
    return print(
        answer,
        json,
        any -> 0,
        () -> {
          for (var field : answer.properties()) {
            if (field.getKey().equals("last_run")) {
              String state = text(field.getValue(), "state");
              String ended = text(field.getValue(), "finished_at");
              terminal.out().println("last run: " + (state + " " + ended).strip());
            } else {
              String value =
                  Terminal.harmless(field.getValue().asString(field.getValue().toString()));
              terminal.out().println(field.getKey().replace('_', ' ') + ": " + value);
            }
          }
        });
  }
}
