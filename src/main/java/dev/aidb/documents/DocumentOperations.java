package dev.aidb.documents;

import dev.aidb.chunking.ContentType;
import dev.aidb.chunking.Outline;
import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.Text;
import dev.aidb.documents.Intake.Answer;
import dev.aidb.documents.Intake.Outcome;
import dev.aidb.operation.Call;
import dev.aidb.operation.Characters;
import dev.aidb.operation.Cursor;
import dev.aidb.operation.Default;
import dev.aidb.operation.Description;
import dev.aidb.operation.Handler;
import dev.aidb.operation.JsonBounds;
import dev.aidb.operation.Operation;
import dev.aidb.operation.Operation.Method;
import dev.aidb.operation.Operation.Trait;
import dev.aidb.operation.Problem;
import dev.aidb.operation.Reply;
import dev.aidb.operation.Scope;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The operations on documents. */
public final class DocumentOperations {
  private static final Logger LOG = System.getLogger(DocumentOperations.class.getName());
  private static final int TITLE_MAX = 500;
  private static final Duration STREAM_RETRY = Duration.ofSeconds(5);

  private final CollectionRegistry collections;
  private final Documents documents;
  private final DocumentRows rows;
  private final Intake intake;
  private final boolean approvalRequired;
  private final StreamBounds streamBounds;
  private final IngestRoom room;
  private final Semaphore streams;

  DocumentOperations(
      CollectionRegistry collections,
      Documents documents,
      DocumentRows rows,
      Intake intake,
      boolean approvalRequired,
      StreamBounds streamBounds,
      int streamsMax,
      IngestRoom room) {
    this.collections = collections;
    this.documents = documents;
    this.rows = rows;
    this.intake = intake;
    this.approvalRequired = approvalRequired;
    this.streamBounds = streamBounds;
    this.room = room;
    this.streams = new Semaphore(streamsMax);
  }

  @Description(
      "A document to store, or to put over the one of the same collection, project and path")
  public record PutDocument(
      @Description(value = "The collection's name", example = "nixos_docs")
          @NotNull
          @Characters(min = 1, max = 64)
          @Pattern(regexp = CollectionOperations.NAME)
          String collection,
      @Description("The project it belongs to") @Default("default") @Characters(min = 1, max = 128)
          String project,
      @Description(
              value = "Where it stands within the project; its identity",
              example = "guides/backup.md")
          @NotNull
          @Characters(min = 1, max = 1024)
          String path,
      @Description("Its title; taken from the content, or else from the path, when absent")
          @Characters(max = TITLE_MAX)
          @Nullable String title,
      @Description("Its text, in the form that content_type tells")
          @NotNull
          @Characters(max = 1_000_000)
          String content,
      @Description(
              "text/plain, text/markdown, text/html, text/x-rst or text/troff (a manual page in roff); parameters are"
                  + " passed over")
          @Default("text/plain")
          @Characters(min = 1, max = 200)
          String contentType,
      @Description("Free values to filter by; at most 64 KiB and 5 deep")
          @JsonBounds(maxBytes = 65_536, maxDepth = 5)
          @Nullable Map<String, Object> metadata,
      @Description("Where it comes from") @Characters(max = 2_000) @Nullable String sourceUrl,
      @Description("Whether searches find it; approved unless the server asks for approval")
          @Nullable Status status) {}

  @Description("What became of a document")
  public record PutAnswer(
      @Description("The document's id") UUID id,
      @Description("Whether it was created, updated, or found unchanged") Outcome outcome,
      @Description("Whether searches find it") Status status,
      @Description("How many chunks it has") int chunks) {}

  @Description("What became of one line")
  public record LineAnswer(
      @Description("The line's number, from 1") long line,
      @Description("The HTTP status that the line would have got alone") int status,
      @Description("created, updated, unchanged or refused") String outcome,
      @Description("The document's id, where it was stored") @Nullable UUID id,
      @Description("How many chunks it has, where it was stored") @Nullable Integer chunks,
      @Description("Why it was refused, where it was") @Nullable Problem problem) {}

  @Description("Which documents")
  public record ListDocuments(
      @Description("The collection's name")
          @Default("nixos_docs")
          @Characters(min = 1, max = 64)
          @Pattern(regexp = CollectionOperations.NAME)
          String collection,
      @Description("Only of this project") @Characters(min = 1, max = 128) @Nullable String project,
      @Description("Only of this status") @Nullable Status status,
      @Description("How many at most") @Default("20") @Min(1) @Max(100) int limit,
      @Description("The next_cursor of the page before") @Characters(max = 200)
          @Nullable String cursor,
      @Description("Whether contents come along; long ones make the page shorter than the limit")
          @Default("false")
          boolean includeContent) {}

  @Description("A document")
  public record DocumentView(
      @Description("Its id") UUID id,
      @Description("The collection's name") String collection,
      @Description("The project it belongs to") String project,
      @Description("Where it stands within the project") String path,
      @Description("Its title") String title,
      @Description("Its text, where it was asked for") @Nullable String content,
      @Description("The form of its text") String contentType,
      @Description("Free values to filter by") Map<String, Object> metadata,
      @Description("Where it comes from") @Nullable String sourceUrl,
      @Description("Whether searches find it") Status status,
      @Description("How many chunks it has") int chunks,
      @Description("When it was first stored") Instant createdAt,
      @Description("When it was last changed") Instant updatedAt) {}

  @Description("A page of documents, in the order they were first stored")
  public record DocumentList(
      @Description("The documents") List<DocumentView> documents,
      @Description("Opaque; where the next page begins, absent on the last")
          @Nullable String nextCursor) {}

  @Description("Which document")
  public record DocumentId(@Description("Its id") @NotNull UUID id) {}

  @Description("Which document, and how much of it")
  public record GetDocument(
      @Description("Its id") @NotNull UUID id,
      @Description("Whether the content comes along") @Default("true") boolean includeContent) {}

  @Description("What was forgotten")
  public record Forgotten(@Description("The document's id") UUID id) {}

  /** What can be approved. */
  public enum Resource {
    DOCUMENT
  }

  @Description("A decision on something that waits for approval")
  public record Approve(
      @Description("What kind of thing it is") @NotNull Resource resource,
      @Description("Its id") @NotNull UUID id,
      @Description("The decision") @NotNull Status status) {}

  @Description("What was decided")
  public record Approved(
      @Description("What kind of thing it is") Resource resource,
      @Description("Its id") UUID id,
      @Description("Its status now") Status status) {}

  /** The declarations. */
  public List<Operation<?, ?>> operations() {
    return List.of(
        Operation.named("put_document", PutDocument.class, PutAnswer.class)
            .category("Knowledge")
            .title("Store a document")
            .summary(
                "Stores a document, or changes the one of the same collection, project and path.")
            .route(Method.POST, "/documents")
            .scope(Scope.WRITE)
            .traits(Trait.IDEMPOTENT)
            .deadline(Duration.ofMinutes(5))
            .statuses(201, 200)
            .handler(this::put),
        Operation.named("put_documents", PutDocument.class, LineAnswer.class)
            .category("Knowledge")
            .title("Store many documents")
            .summary(
                "Stores a stream of documents, one JSON object a line; answers a line for each.")
            .route(Method.POST, "/documents/batch")
            .scope(Scope.WRITE)
            .traits(Trait.IDEMPOTENT)
            .deadline(Duration.ofMinutes(5))
            .stream(this::putAll),
        Operation.named("list_documents", ListDocuments.class, DocumentList.class)
            .category("Knowledge")
            .title("List documents")
            .summary("Lists a collection's documents, page by page.")
            .route(Method.GET, "/documents")
            .scope(Scope.READ)
            .traits(Trait.READ_ONLY)
            .handler(this::list),
        Operation.named("get_document", GetDocument.class, DocumentView.class)
            .category("Knowledge")
            .title("Read a document")
            .summary("Reads a whole document by the document_id of a search result.")
            .route(Method.GET, "/documents/{id}")
            .scope(Scope.READ)
            .traits(Trait.READ_ONLY)
            .handler(this::get),
        Operation.named("delete_document", DocumentId.class, Forgotten.class)
            .category("Knowledge")
            .title("Forget a document")
            .summary("Deletes a document and all its chunks.")
            .route(Method.DELETE, "/documents/{id}")
            .scope(Scope.WRITE)
            .traits(Trait.DESTRUCTIVE, Trait.IDEMPOTENT)
            .audited("document.delete", input -> input.id().toString())
            .handler(this::delete),
        Operation.named("approve", Approve.class, Approved.class)
            .category("Administration")
            .title("Approve or reject")
            .summary("Decides whether searches find something that waits for approval.")
            .route(Method.POST, "/api/v1/admin/approve")
            .scope(Scope.ADMIN)
            .traits(Trait.IDEMPOTENT)
            .audited(
                "document.approve",
                input -> input.id().toString(),
                input -> Map.of("status", input.status().wireName()))
            .handler(this::approve));
  }

  private Reply<PutAnswer> put(PutDocument input, Call call) {
    Answer.Put done = room.with(input.content().length(), () -> intake.put(arrival(input, call)));
    PutAnswer answer = new PutAnswer(done.id(), done.outcome(), done.status(), done.chunks());
    return done.outcome() == Outcome.CREATED
        ? Reply.status(201, answer).header("Location", "/documents/" + done.id())
        : Reply.ok(answer);
  }

  private void putAll(
      Iterator<Handler.Line<PutDocument>> lines, Consumer<LineAnswer> out, Call call) {
    if (!streams.tryAcquire()) {
      throw AidbException.overloaded("Too many streams of documents are open", STREAM_RETRY);
    }
    try {
      GroupedWork.run(lines, streamBounds, LINES, group -> putGroup(group, call), out);
    } finally {
      streams.release();
    }
  }

  private static final GroupedWork.Traits<Handler.Line<PutDocument>> LINES =
      new GroupedWork.Traits<>() {
        @Override
        public int weight(Handler.Line<PutDocument> line) {
          return line instanceof Handler.Line.Good<PutDocument> good
              ? good.value().content().length()
              : 0;
        }

        @Override
        public Optional<?> key(Handler.Line<PutDocument> line) {
          return line instanceof Handler.Line.Good<PutDocument>(long number, PutDocument input)
              ? Optional.of(new Arrival.Key(input.collection(), input.project(), input.path()))
              : Optional.empty();
        }
      };

  private List<LineAnswer> putGroup(List<Handler.Line<PutDocument>> lines, Call call) {
    int weight = lines.stream().mapToInt(LINES::weight).sum();
    try {
      return room.with(weight, () -> putNow(lines, call));
    } catch (AidbException e) {
      return lines.stream().map(line -> refused(line.number(), e, call)).toList();
    } catch (RuntimeException e) {
      // One group's bad luck is not that of all that follow it.
      LOG.log(Level.ERROR, "A group of lines of request " + call.requestId() + " failed", e);
      AidbException failed =
          new AidbException(ErrorCode.INTERNAL, "The server failed unexpectedly", e);
      return lines.stream().map(line -> refused(line.number(), failed, call)).toList();
    }
  }

  private List<LineAnswer> putNow(List<Handler.Line<PutDocument>> lines, Call call) {
    Map<Long, AidbException> refused = new HashMap<>();
    Map<Long, Arrival> arrivals = new LinkedHashMap<>();
    for (Handler.Line<PutDocument> line : lines) {
      switch (line) {
        case Handler.Line.Bad<PutDocument> bad -> refused.put(bad.number(), bad.why());
        case Handler.Line.Good<PutDocument> good -> {
          try {
            arrivals.put(good.number(), arrival(good.value(), call));
          } catch (AidbException e) {
            refused.put(good.number(), e);
          }
        }
      }
    }
    Iterator<Answer> answers = intake.putAll(List.copyOf(arrivals.values())).iterator();
    Map<Long, LineAnswer> done = new HashMap<>();
    arrivals.keySet().forEach(number -> done.put(number, lineAnswer(number, answers.next(), call)));
    refused.forEach((number, why) -> done.put(number, refused(number, why, call)));
    return lines.stream().map(line -> Objects.requireNonNull(done.get(line.number()))).toList();
  }

  private static LineAnswer lineAnswer(long line, Answer answer, Call call) {
    return switch (answer) {
      case Answer.Put put ->
          new LineAnswer(
              line,
              put.outcome() == Outcome.CREATED ? 201 : 200,
              put.outcome().name().toLowerCase(Locale.ROOT),
              put.id(),
              put.chunks(),
              null);
      case Answer.Refused refused -> refused(line, refused.why(), call);
    };
  }

  private static LineAnswer refused(long line, AidbException why, Call call) {
    return new LineAnswer(
        line,
        why.code().httpStatus(),
        "refused",
        null,
        null,
        Problem.of(why, call.requestId(), "/documents/batch"));
  }

  private Arrival arrival(PutDocument input, Call call) {
    Collection collection = collections.require(input.collection(), call.caller());
    ReservedPaths.refuse(input.collection(), input.path());
    ContentType type = ContentType.parse(input.contentType());
    SecretScan.find(input.content())
        .ifPresent(kind -> {
          throw new AidbException(
              ErrorCode.SECRET_DETECTED,
              "The content holds a secret (" + kind + "); remove it and send it again");
        });
    Outline outline = Outline.read(type, input.content());
    return new Arrival(
        new DocumentDraft(
            collection,
            input.project(),
            input.path(),
            title(input, outline),
            input.content(),
            type,
            metadata(input, outline),
            Optional.ofNullable(input.sourceUrl()),
            status(input.status(), call)),
        outline);
  }

  /** The caller's title, else the document's own, else the last part of its path. */
  private static String title(PutDocument input, Outline outline) {
    if (input.title() != null && !input.title().isBlank()) {
      return input.title();
    }
    if (!outline.title().isBlank()) {
      return outline.title();
    }
    String path = input.path();
    String name = path.substring(path.lastIndexOf('/') + 1);
    String shown = name.isBlank() ? path : name;
    return shown.substring(
        0, shown.offsetByCodePoints(0, Math.min(TITLE_MAX, Text.characters(shown))));
  }

  /** The caller's metadata over what the document's front matter tells. */
  private static Map<String, Object> metadata(PutDocument input, Outline outline) {
    if (outline.metadata().isEmpty()) {
      return input.metadata() == null ? Map.of() : input.metadata();
    }
    Map<String, Object> all = new LinkedHashMap<>(outline.metadata());
    if (input.metadata() != null) {
      all.putAll(input.metadata());
    }
    return all;
  }

  private Status status(@Nullable Status asked, Call call) {
    if (!approvalRequired) {
      return asked == null ? Status.APPROVED : asked;
    }
    if (asked == Status.APPROVED && !call.caller().may(Scope.ADMIN)) {
      throw new AidbException(
          ErrorCode.FORBIDDEN,
          "Only an admin may store something as approved; leave status out to have it pending");
    }
    return asked == null ? Status.PENDING : asked;
  }

  private Reply<DocumentList> list(ListDocuments input, Call call) {
    Collection collection = collections.require(input.collection(), call.caller());
    DocumentRows.Page page =
        rows.list(
            collection.name(),
            Optional.ofNullable(input.project()),
            Optional.ofNullable(input.status()),
            Cursor.id(input.cursor()),
            input.limit(),
            input.includeContent());
    return Reply.ok(
        new DocumentList(
            page.documents().stream().map(DocumentOperations::view).toList(),
            page.more() ? Cursor.of(page.documents().getLast().id()) : null));
  }

  private Reply<DocumentView> get(GetDocument input, Call call) {
    return Reply.ok(view(documents.get(input.id(), call.caller(), input.includeContent())));
  }

  private Reply<Forgotten> delete(DocumentId input, Call call) {
    documents.delete(input.id(), call.caller());
    return Reply.ok(new Forgotten(input.id()));
  }

  private Reply<Approved> approve(Approve input, Call call) {
    documents.setStatus(input.id(), call.caller(), input.status());
    return Reply.ok(new Approved(input.resource(), input.id(), input.status()));
  }

  private static DocumentView view(Document d) {
    return new DocumentView(
        d.id(),
        d.collection(),
        d.project(),
        d.path(),
        d.title(),
        d.content().orElse(null),
        d.contentType(),
        d.metadata(),
        d.sourceUrl().orElse(null),
        d.status(),
        d.chunks(),
        d.createdAt(),
        d.updatedAt());
  }
}
