package dev.aidb.mcp;

import dev.aidb.operation.Call;
import dev.aidb.operation.Characters;
import dev.aidb.operation.Description;
import dev.aidb.operation.Json;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Operation.Trait;
import dev.aidb.operation.Plain;
import dev.aidb.operation.Reply;
import dev.aidb.operation.Scope;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds capabilities by words or by name, out of their declarations. */
final class Discovery {
  private static final int LINES_MAX = 10;
  private static final int SCHEMAS_MAX = 3;

  private final List<Capability> all;

  Discovery(List<Capability> all) {
    this.all = all;
  }

  /** How much is told of each capability. */
  enum Detail {
    NAMES,
    LINES,
    SCHEMAS
  }

  @Description("What to look for")
  record Wanted(
      @Description("Words, or a capability's name; everything when absent")
          @Characters(min = 1, max = 200)
          @Plain
          @Nullable String words,
      @Description("How much to tell; when absent what fits the words") @Nullable Detail detail) {}

  @Description("What was found")
  record Found(@Description("A text for a model") String text) {}

  /** The declaration, so that it is run like any other. */
  Operation<Wanted, Found> operation() {
    return Operation.named("discover", Wanted.class, Found.class)
        .category("Discovery")
        .title("Discover")
        .summary("Finds capabilities by words or name.")
        .route(Operation.Method.POST, "/mcp")
        .scope(Scope.READ)
        .traits(Trait.READ_ONLY)
        .handler(this::find);
  }

  private Reply<Found> find(Wanted wanted, Call call) {
    List<Capability> allowed =
        all.stream().filter(each -> call.caller().may(each.operation().scope())).toList();
    String words = wanted.words() == null ? "" : wanted.words();
    Optional<Capability> named =
        allowed.stream().filter(each -> each.name().equals(words)).findFirst();
    List<Capability> found =
        named.map(List::of).orElseGet(() -> words.isEmpty() ? allowed : ranked(words, allowed));
    Detail detail = Optional.ofNullable(wanted.detail()).orElse(fitting(words, named.isPresent()));
    if (found.isEmpty()) {
      return Reply.ok(new Found("Nothing fits these words. There is:\n" + names(allowed)));
    }
    return Reply.ok(
        new Found(
            switch (detail) {
              case NAMES -> names(found);
              case LINES -> lines(found, words.isEmpty() ? found.size() : LINES_MAX);
              case SCHEMAS -> schemas(found);
            }));
  }

  private static Detail fitting(String words, boolean named) {
    if (named) {
      return Detail.SCHEMAS;
    }
    return words.isEmpty() ? Detail.NAMES : Detail.LINES;
  }

  private static String names(List<Capability> found) {
    Map<String, List<String>> byCategory = new LinkedHashMap<>();
    for (Capability each : found) {
      byCategory
          .computeIfAbsent(each.operation().category(), category -> new ArrayList<>())
          .add(each.name());
    }
    StringBuilder text = new StringBuilder();
    byCategory.forEach((category, names) ->
        text.append(category).append(": ").append(String.join(", ", names)).append('\n'));
    return text.toString().strip();
  }

  private static String lines(List<Capability> found, int most) {
    StringBuilder text = new StringBuilder();
    found.stream()
        .limit(most)
        .forEach(each ->
            text.append(each.name()).append(": ").append(each.operation().summary()).append('\n'));
    return text.toString().strip();
  }

  private static String schemas(List<Capability> found) {
    StringBuilder text = new StringBuilder();
    found.stream()
        .limit(SCHEMAS_MAX)
        .forEach(each ->
            text.append(each.name())
                .append(": ")
                .append(each.operation().summary())
                .append("\ninput: ")
                .append(Json.text(each.input()))
                .append('\n'));
    return text.toString().strip();
  }

  private record Scored(Capability capability, double score) {}

  /** By how many of the words it has, where they stand, and then as declared. */
  private static List<Capability> ranked(String words, List<Capability> allowed) {
    Set<String> wanted = split(words);
    return allowed.stream()
        .map(each -> new Scored(each, score(wanted, each.operation())))
        .filter(each -> each.score() > 0)
        .sorted(Comparator.comparingDouble(Scored::score).reversed())
        .map(Scored::capability)
        .toList();
  }

  private static double score(Set<String> wanted, Operation<?, ?> operation) {
    Set<String> name = split(operation.name());
    Set<String> title = split(operation.title() + " " + operation.category());
    Set<String> summary = split(operation.summary());
    Set<String> fields = split(String.join(" ", Capability.fields(operation)));
    double score = 0;
    for (String word : wanted) {
      score +=
          4 * match(word, name)
              + 2 * match(word, title)
              + match(word, summary)
              + match(word, fields) / 2;
    }
    return score;
  }

  /** 1 for the word, a half for one that begins alike ("document" and "documents"). */
  private static double match(String word, Set<String> among) {
    if (among.contains(word)) {
      return 1;
    }
    boolean alike =
        word.length() >= 4
            && among.stream()
                .anyMatch(
                    each -> each.length() >= 4 && (each.startsWith(word) || word.startsWith(each)));
    return alike ? 0.5 : 0;
  }

  private static Set<String> split(String text) {
    Set<String> words = new LinkedHashSet<>();
    for (String word : text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1)) {
      if (word.length() > 1) {
        words.add(word);
      }
    }
    return words;
  }
}
