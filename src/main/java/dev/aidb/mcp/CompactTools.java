package dev.aidb.mcp;

import dev.aidb.core.AidbException;
import dev.aidb.invocation.Invocation;
import dev.aidb.invocation.Invocations;
import dev.aidb.operation.Characters;
import dev.aidb.operation.Description;
import dev.aidb.operation.Handler;
import dev.aidb.operation.Json;
import dev.aidb.operation.Operation;
import dev.aidb.operation.RecordBinder;
import dev.aidb.tokens.Tokens;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * At most six tools, in a list that is the same for every caller so that prompt caches hold. A tool
 * stands for an operation by its route in the contract; one whose operation doesn't exist is left
 * out.
 */
final class CompactTools {
  private static final Outcome.Caching AN_HOUR = new Outcome.Caching(3_600_000, true);
  private static final int ANSWER_TOKENS = 10_000;

  private final Map<CompactTool, Method> methods = new EnumMap<>(CompactTool.class);
  private final List<Capability> all;

  CompactTools(List<Capability> all, Invocations invocations) {
    this.all = all;
    for (CompactTool tool : CompactTool.values()) {
      tool.path()
          .flatMap(this::at)
          .map(Capability::invocation)
          .ifPresent(operation ->
              methods.put(
                  tool,
                  tool == CompactTool.SEARCH
                      ? asked -> search(asked, operation)
                      : asked -> passed(asked, operation, bytes(asked), ANSWER_TOKENS)));
    }
    Operation<Discovery.Wanted, Discovery.Found> discovery = new Discovery(all).operation();
    Invocation<Discovery.Wanted, Discovery.Found> discover =
        invocations.of(
            discovery, (Handler.Unary<Discovery.Wanted, Discovery.Found>) discovery.handler());
    methods.put(CompactTool.DISCOVER, asked -> discover(asked, discover));
    methods.put(CompactTool.CALL, this::run);
  }

  private Optional<Capability> at(String path) {
    return all.stream()
        .filter(each -> each.operation().path().equals(path))
        .filter(each -> each.operation().method() == Operation.Method.POST)
        .findFirst();
  }

  boolean has(CompactTool tool) {
    return methods.containsKey(tool);
  }

  /** {@code tools/list}. */
  Outcome list(Asked asked) {
    List<CompactTool> tools = List.copyOf(methods.keySet());
    return Outcome.of(
        Page.of("tools", tools, asked.cursor(), CompactTool::wireName, CompactTool::listed),
        AN_HOUR);
  }

  /** {@code tools/call}. */
  Outcome call(Asked asked) {
    String name = asked.required("name");
    return methods.entrySet().stream()
        .filter(each -> each.getKey().wireName().equals(name))
        .findFirst()
        .orElseThrow(() -> RpcError.invalidParams("There is no such tool"))
        .getValue()
        .answer(asked);
  }

  private static <I extends Record, O> Outcome search(Asked asked, Invocation<I, O> invocation) {
    byte[] json = bytes(asked);
    SearchTool.Reading reading = new SearchTool.Reading();
    return Calls.tool(
        asked,
        invocation,
        binder -> binder.bind(reading.input(json)),
        answer -> Calls.text(reading.shown(Json.mapper().valueToTree(answer))));
  }

  private static Outcome discover(
      Asked asked, Invocation<Discovery.Wanted, Discovery.Found> invocation) {
    byte[] json = bytes(asked);
    return Calls.tool(
        asked, invocation, binder -> binder.bind(json), found -> Calls.text(found.text()));
  }

  private static <I extends Record, O> Outcome passed(
      Asked asked, Invocation<I, O> invocation, byte[] json, int tokens) {
    return Calls.tool(
        asked,
        invocation,
        binder -> binder.bind(json),
        answer -> Calls.text(within(Json.text(answer), tokens)));
  }

  private static byte[] bytes(Asked asked) {
    return asked.arguments().getBytes(StandardCharsets.UTF_8);
  }

  @Description("What to run")
  record Wanted(
      @Description("The operation's name") @NotNull @Characters(min = 1, max = 64) String operation,
      @Description("Its input") @Nullable Map<String, Object> input,
      @Description("The answer is cut to so many tokens") @Min(64) @Max(100_000)
          @Nullable Integer maxTokens) {}

  private Outcome run(Asked asked) {
    Wanted wanted;
    try {
      wanted = RecordBinder.of(Wanted.class).bind(bytes(asked));
    } catch (AidbException e) {
      return Outcome.of(Calls.mistake(e.detail()));
    }
    Optional<Capability> capability =
        all.stream().filter(each -> each.name().equals(wanted.operation())).findFirst();
    if (capability.isEmpty()) {
      return Outcome.of(
          Calls.mistake(
              "There is no operation of this name that takes and answers one object; discover"
                  + " finds those that there are"));
    }
    // The text as it was sent, not the tree that was made of it.
    String input = Members.of(asked.arguments()).flatMap(sent -> sent.object("input")).orElse("{}");
    int tokens = wanted.maxTokens() == null ? ANSWER_TOKENS : wanted.maxTokens();
    return passed(
        asked, capability.get().invocation(), input.getBytes(StandardCharsets.UTF_8), tokens);
  }

  /** The text, or its beginning and a word on what is missing. */
  static String within(String text, int tokens) {
    if (text.length() <= tokens || Tokens.count(text) <= tokens) {
      return text; // no token is shorter than a character
    }
    String note = "… (cut at " + tokens + " tokens; ask for less, or raise max_tokens)";
    int room = Math.max(0, tokens - Tokens.count(note));
    return text.substring(0, Tokens.prefix(text, room)) + note;
  }
}
