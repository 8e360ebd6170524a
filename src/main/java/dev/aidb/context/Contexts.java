package dev.aidb.context;

import dev.aidb.context.ContextMetrics.Stage;
import dev.aidb.context.ContextMetrics.Timing;
import dev.aidb.operation.Caller;
import dev.aidb.store.Database;
import dev.aidb.tokens.TokenCounter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/** The way from a question to a context: retrieve, rerank, diversify, compress. */
final class Contexts {
  /** So many of the candidates go on from reranking. */
  private static final int RERANKED = 10;

  /** What is less relevant than this is left out, where the model could judge it. */
  private static final double RELEVANT = 0.1;

  /** And so is what is so much less relevant than the best. */
  private static final double OF_BEST = 0.4;

  private final Database database;
  private final PassageRows rows;
  private final Retrieval retrieval;
  private final Reranker reranker;
  private final Assembly assembly;
  private final Rolling rolling;
  private final Sessions sessions;
  private final Clock clock;
  private final Consumer<UUID> served;
  private final ContextMetrics metrics;

  /**
   * @param served told of each solution that was quoted
   */
  Contexts(
      Database database,
      Retrieval retrieval,
      Reranker reranker,
      TokenCounter tokens,
      Sessions sessions,
      Clock clock,
      Consumer<UUID> served,
      ContextMetrics metrics) {
    this.database = database;
    this.rows = new PassageRows(database);
    this.retrieval = retrieval;
    this.reranker = reranker;
    this.assembly = new Assembly(tokens);
    this.rolling = new Rolling(tokens);
    this.sessions = sessions;
    this.clock = clock;
    this.served = served;
    this.metrics = metrics;
  }

  /**
   * A question.
   *
   * @param most tokens of the context
   */
  record Asked(String query, Caller caller, Retrieval.Scope scope, Level level, int most) {}

  /** What was found, in order. */
  record Standing(Retrieval.Found found, TermWeights weights, List<Ranked> ranked) {}

  /** A context with what it was made from. */
  record Made(Prompt prompt, Standing standing) {}

  /** A context of a session. */
  record MadeTurn(UUID session, int turn, Made made) {}

  /** What bears on a question, best first. */
  Standing look(String query, Caller caller, Retrieval.Scope scope) {
    Retrieval.Found found;
    try (Timing timing = metrics.timing(Stage.RETRIEVE)) {
      found = retrieval.find(query, caller, scope);
    }
    try (Timing timing = metrics.timing(Stage.RERANK)) {
      TermWeights weights =
          TermWeights.among(
              found.question(), found.candidates().stream().map(Candidate::passage).toList());
      return new Standing(
          found, weights, reranker.rank(found.question(), weights, found.candidates()));
    }
  }

  /** A context that stands for itself. */
  Made once(Asked asked) {
    Standing standing = look(asked.query, asked.caller, asked.scope);
    Prompt prompt;
    try (Timing timing = metrics.timing(Stage.ASSEMBLE)) {
      List<Ranked> chosen =
          Diversity.choose(relevant(standing, Set.of()), List.of(), asked.level.sources());
      List<Ranked> shown =
          asked.level.wide() ? database.withHandle(handle -> widened(handle, chosen)) : chosen;
      prompt = assembly.once(new Assembly.Order(asked.level, asked.most, shown, standing.weights));
    }
    return told(new Made(prompt, standing), Set.of());
  }

  /**
   * The next context of a session, or the first of a new one.
   *
   * @param previous what the caller holds already and doesn't want again
   * @throws dev.aidb.core.AidbException NOT_FOUND for a session that isn't the caller's
   */
  MadeTurn turn(Asked asked, Optional<UUID> id, Set<UUID> previous) {
    String owner = asked.caller.id();
    Optional<Sessions.Session> before = id.map(known -> sessions.find(known, owner));
    String query = before.map(session -> inContext(asked.query, session)).orElse(asked.query);
    Standing standing = look(query, asked.caller, asked.scope);
    Set<UUID> known = new HashSet<>(previous);
    before.ifPresent(session -> session.state().placed().forEach(one -> known.add(one.id())));
    Sessions.Work<MadeTurn> work =
        (handle, session) -> step(handle, session, asked, standing, previous);
    assembly.prepare();
    MadeTurn turn;
    try (Timing timing = metrics.timing(Stage.ASSEMBLE)) {
      turn = id.isPresent() ? sessions.go(id.get(), owner, work) : sessions.begin(owner, work);
    }
    var unused = told(turn.made, known);
    return turn;
  }

  /** "And how do I undo it?" is no question by itself. */
  private static String inContext(String query, Sessions.Session session) {
    String last = session.state().lastQuery();
    return last.isEmpty() || !Terms.leans(query) ? query : last + "\n" + query;
  }

  private Sessions.Step<MadeTurn> step(
      Handle handle, Sessions.Session session, Asked asked, Standing standing, Set<UUID> previous) {
    SessionState state = session.state();
    Set<UUID> ids = new HashSet<>(previous);
    state.placed().forEach(placed -> ids.add(placed.id()));
    Map<UUID, Passage> now = rows.read(handle, ids, asked.caller);
    Set<UUID> held = now.keySet();
    List<Ranked> chosen =
        Diversity.choose(
            relevant(standing, held), List.copyOf(now.values()), asked.level.sources());
    Assembly.Order order =
        new Assembly.Order(
            asked.level,
            asked.most,
            asked.level.wide() ? widened(handle, chosen) : chosen,
            standing.weights);
    Prompt prompt =
        assembly.next(
            order,
            before(handle, state, now, previous, order),
            most -> rolling.conversation(state, most));
    SessionState after = rolling.after(state, asked.query, prompt, clock.instant());
    return new Sessions.Step<>(
        after, new MadeTurn(session.id(), after.turns(), new Made(prompt, standing)));
  }

  /** The lasting quotes of the prompt before, as far as they are still there and wanted. */
  private List<Quote> before(
      Handle handle,
      SessionState state,
      Map<UUID, Passage> now,
      Set<UUID> previous,
      Assembly.Order order) {
    List<Quote> quotes = new ArrayList<>();
    for (Placed placed : state.placed()) {
      Passage passage = now.get(placed.id());
      if (passage != null && !previous.contains(placed.id())) {
        Passage same = placed.wide() ? rows.widened(handle, List.of(passage)).getFirst() : passage;
        assembly.again(same, placed, order).ifPresent(quotes::add);
      }
    }
    return quotes;
  }

  private static List<Ranked> relevant(Standing standing, Set<UUID> held) {
    double best = standing.ranked.isEmpty() ? 0 : standing.ranked.getFirst().relevance();
    double floor = standing.found.question().vector().isPresent() ? RELEVANT : 0;
    double least = Math.max(floor, OF_BEST * best);
    return standing.ranked.stream()
        .filter(ranked -> ranked.relevance() >= least && !held.contains(ranked.passage().id()))
        .limit(RERANKED)
        .toList();
  }

  private List<Ranked> widened(Handle handle, List<Ranked> chosen) {
    List<Passage> wide = rows.widened(handle, chosen.stream().map(Ranked::passage).toList());
    List<Ranked> ranked = new ArrayList<>(chosen.size());
    for (int i = 0; i < chosen.size(); i++) {
      ranked.add(new Ranked(wide.get(i), chosen.get(i).relevance()));
    }
    return ranked;
  }

  /** Counts what is served: the tokens, and the solutions that weren't served before. */
  private Made told(Made made, Set<UUID> known) {
    metrics.served(made.prompt.tokens());
    for (Quote quote : made.prompt.quotes()) {
      Passage passage = quote.passage();
      if (passage.value().isPresent() && !known.contains(passage.id())) {
        served.accept(passage.document());
      }
    }
    return made;
  }
}
