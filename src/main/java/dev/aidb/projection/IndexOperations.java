package dev.aidb.projection;

import dev.aidb.operation.Call;
import dev.aidb.operation.Description;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Operation.Method;
import dev.aidb.operation.Operation.Trait;
import dev.aidb.operation.Reply;
import dev.aidb.operation.Scope;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operations on the search index itself. */
public final class IndexOperations {
  private static final Duration LONG = Duration.ofHours(2);

  private final Projection projection;

  public IndexOperations(Projection projection) {
    this.projection = projection;
  }

  @Description("Nothing is asked for")
  public record Nothing() {}

  @Description("How the index compares with the rows")
  public record Verified(
      @Description("How many rows were compared") long rows,
      @Description("Rows that the index lacked") long missing,
      @Description("Entries of another version than their rows") long stale,
      @Description("Entries without a row") long orphans,
      @Description("Whether anything differed; it is mended now") boolean repaired) {}

  @Description("What a rebuild made")
  public record Rebuilt(@Description("How many records the index holds now") long records) {}

  @Description("How the index follows the rows")
  public record IndexStatus(
      @Description("Whether searches are answered by it") boolean ready,
      @Description("How far it is behind, in seconds") double lagSeconds,
      @Description("Why it isn't getting on, where it isn't") @Nullable String trouble) {}

  /** The declarations. */
  public List<Operation<?, ?>> operations() {
    return List.of(
        Operation.named("verify_index", Nothing.class, Verified.class)
            .category("Administration")
            .title("Verify the index")
            .summary(
                "Compares every entry of the search index with the rows and mends what differs.")
            .route(Method.POST, "/index/verify")
            .scope(Scope.ADMIN)
            .traits(Trait.IDEMPOTENT)
            .deadline(LONG)
            .audited("index.verify", input -> "index")
            .handler(this::verify),
        Operation.named("rebuild_index", Nothing.class, Rebuilt.class)
            .category("Administration")
            .title("Rebuild the index")
            .summary(
                "Makes the search index anew from the rows; meanwhile searches are by keywords alone.")
            .route(Method.POST, "/index/rebuild")
            .scope(Scope.ADMIN)
            .traits(Trait.IDEMPOTENT)
            .deadline(LONG)
            .audited("index.rebuild", input -> "index")
            .handler(this::rebuild),
        Operation.named("get_index_status", Nothing.class, IndexStatus.class)
            .category("Administration")
            .title("Status of the index")
            .summary("Tells whether the search index is ready and how far it is behind the rows.")
            .route(Method.GET, "/index/status")
            .scope(Scope.READ)
            .traits(Trait.READ_ONLY)
            .handler(this::status));
  }

  private Reply<Verified> verify(Nothing input, Call call) {
    Projection.Verification v = projection.verify();
    return Reply.ok(new Verified(v.rows(), v.missing(), v.stale(), v.orphans(), !v.clean()));
  }

  private Reply<Rebuilt> rebuild(Nothing input, Call call) {
    return Reply.ok(new Rebuilt(projection.rebuild()));
  }

  private Reply<IndexStatus> status(Nothing input, Call call) {
    return Reply.ok(
        new IndexStatus(
            projection.ready(),
            projection.lag().toMillis() / 1_000.0,
            projection.trouble().orElse(null)));
  }
}
