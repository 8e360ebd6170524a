package dev.aidb.search;

import dev.aidb.documents.CollectionRegistry;
import dev.aidb.embedding.Embedder;
import dev.aidb.index.VectorIndex;
import dev.aidb.operation.Call;
import dev.aidb.operation.Caller;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Operation.Method;
import dev.aidb.operation.Operation.Trait;
import dev.aidb.operation.Reply;
import dev.aidb.operation.Scope;
import dev.aidb.projection.Projection;
import dev.aidb.store.Database;
import java.util.List;

/** The feature as a whole: builds its parts and declares its operation. */
public final class SearchOperations {
  private final Search search;
  private final TokenBudget budget = new TokenBudget();

  public SearchOperations(
      Database database,
      CollectionRegistry collections,
      Embedder embedder,
      VectorIndex index,
      Projection projection,
      Search.Settings settings) {
    RecordRows rows = new RecordRows(database, settings.headsBytesMax());
    this.search =
        new Search(collections, embedder, index, projection, rows, settings.pagesBytesMax());
  }

  /** The declarations. */
  public List<Operation<?, ?>> operations() {
    return List.of(
        Operation.named("search", SearchInput.class, SearchAnswer.class)
            .category("Search")
            .title("Search a collection")
            .summary(
                "Finds the chunks of a collection that answer a question, by meaning and by words.")
            .route(Method.POST, "/vector/search")
            .scope(Scope.READ)
            .traits(Trait.READ_ONLY)
            .handler(this::search));
  }

  private Reply<SearchAnswer> search(SearchInput input, Call call) {
    return Reply.ok(search(input, call.caller()));
  }

  /** The same for other parts of the program, which ask on behalf of a caller. */
  public SearchAnswer search(SearchInput input, Caller caller) {
    long start = System.nanoTime();
    Search.Page page = search.search(input, caller);
    SearchAnswer answer =
        new SearchAnswer(
            page.results(),
            page.total(),
            input.offset(),
            input.limit(),
            input.offset() + page.results().size() < page.total(),
            0,
            page.degraded().isEmpty() ? null : page.degraded(),
            page.mode());
    if (input.maxTokens() != null) {
      answer = budget.fit(answer, input.maxTokens());
    }
    double millis = Math.round((System.nanoTime() - start) / 1e4) / 100.0;
    return answer.timed(millis);
  }
}
