package dev.aidb.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EmbedderTest {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final FakeModel model = new FakeModel();
  private final Embedder embedder =
      embedder(
          new EmbedderSettings(1, 1, 2, 2, 1, 100, Duration.ofSeconds(20), Duration.ofSeconds(1)));
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  private Embedder embedder(EmbedderSettings settings) {
    return new Embedder(model, settings, new EmbeddingMetrics(registry));
  }

  @AfterEach
  void close() {
    model.open.countDown();
    embedder.close();
    callers.close();
  }

  @Test
  void embedsTextsInOrderInBothLanes() {
    model.open.countDown();
    for (Lane lane : Lane.values()) {
      List<Embedding> embeddings = embedder.embed(List.of("a", "bb", "a"), lane);

      assertThat(embeddings).extracting(Embedding::tokens).containsExactly(1, 2, 1);
    }
    assertThat(embedder.embed(List.of(), Lane.BULK)).isEmpty();
    assertThat(embedder.embed(List.of(), Lane.INTERACTIVE)).isEmpty();
  }

  @Test
  void remembersQueriesButNotDocuments() {
    model.open.countDown();
    embedder.embedQuery("query");
    embedder.embedQuery("query");
    embedder.embed(List.of("document"), Lane.BULK);
    embedder.embed(List.of("document"), Lane.BULK);

    assertThat(model.seen).containsExactly("query", "document", "document");
    assertThat(counter("embeddings_cache_requests", "hit")).isEqualTo(1);
    assertThat(counter("embeddings_cache_requests", "miss")).isEqualTo(1);
  }

  @Test
  void computesTextsThatAreAskedForTogetherOnce() throws Exception {
    List<Future<Embedding>> asked = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      asked.add(callers.submit(() -> embedder.embedQuery("same")));
    }
    model.entered.await();
    model.open.countDown();

    for (Future<Embedding> one : asked) {
      assertThat(one.get().tokens()).isEqualTo(4);
    }
    assertThat(model.seen).containsExactly("same");
  }

  @Test
  void aQueryPassesTheDocumentsThatWait() throws Exception {
    Future<List<Embedding>> bulk =
        callers.submit(() -> embedder.embed(List.of("1", "2", "3", "4", "5"), Lane.BULK));
    model.entered.await();
    model.free.add("query");

    assertThat(embedder.embedQuery("query").tokens()).isEqualTo(5);
    assertThat(bulk.isDone()).isFalse();
    model.open.countDown();
    assertThat(bulk.get()).hasSize(5);
  }

  @Test
  void refusesQueriesWhenTooManyWait() throws Exception {
    fillInteractiveLane();

    assertThatThrownBy(() -> embedder.embedQuery("one too many"))
        .isInstanceOfSatisfying(
            AidbException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED);
              assertThat(e.retryAfter()).isPresent();
            });
    assertThat(counter("embeddings_failures", "overloaded")).isEqualTo(1);
    assertThat(gauge("embeddings_batch_queue_size", "interactive")).isEqualTo(2);
    assertThat(gauge("embeddings_batch_queue_max", "interactive")).isEqualTo(2);
  }

  private void fillInteractiveLane() throws InterruptedException {
    callers.submit(() -> embedder.embedQuery("running"));
    model.entered.await();
    callers.submit(() -> embedder.embedQuery("waiting 1"));
    callers.submit(() -> embedder.embedQuery("waiting 2"));
    while (gauge("embeddings_batch_queue_size", "interactive") < 2) {
      Thread.sleep(1);
    }
  }

  @Test
  void bulkCallersWaitForRoomUntilTheirDeadline() {
    assertFails(
        ErrorCode.DEADLINE_EXCEEDED,
        () ->
            within(
                Duration.ofMillis(100),
                () -> embedder.embed(List.of("1", "2", "3", "4", "5", "6"), Lane.BULK)));
  }

  @Test
  void workThatNobodyWaitsForAnyMoreIsNotDone() throws Exception {
    Future<Embedding> running = callers.submit(() -> embedder.embedQuery("running"));
    model.entered.await();
    assertFails(
        ErrorCode.DEADLINE_EXCEEDED,
        () -> within(Duration.ofMillis(50), () -> embedder.embedQuery("late")));
    Future<Embedding> cancelled = callers.submit(() -> embedder.embedQuery("cancelled"));
    while (gauge("embeddings_batch_queue_size", "interactive") < 2) {
      Thread.sleep(1);
    }
    cancelled.cancel(true);
    Thread.sleep(50); // lets the interrupted caller leave
    model.open.countDown();
    running.get();
    while (gauge("embeddings_batch_queue_size", "interactive") > 0) {
      Thread.sleep(1);
    }

    assertThat(embedder.embedQuery("next").tokens()).isEqualTo(4);
    assertThat(model.seen).containsExactly("running", "next");
  }

  @Test
  void aTextThatWasGivenUpCanBeAskedForAgain() throws Exception {
    Future<Embedding> running = callers.submit(() -> embedder.embedQuery("running"));
    model.entered.await();
    assertFails(
        ErrorCode.DEADLINE_EXCEEDED,
        () -> within(Duration.ofMillis(50), () -> embedder.embedQuery("text")));
    Future<Embedding> again = callers.submit(() -> embedder.embedQuery("text"));
    model.open.countDown();

    assertThat(running.get().tokens()).isEqualTo(7);
    assertThat(again.get().tokens()).isEqualTo(4);
  }

  @Test
  void aZeroOrInfiniteOrShortVectorNeverLeaves() {
    model.open.countDown();
    for (float[] vector :
        new float[][] {
          {0, 0}, {Float.NaN, 1}, {Float.POSITIVE_INFINITY, 0}, {1}, {2, 0}, {1, 0, 0}
        }) {
      model.answer = text -> new Embedding(vector, 1, false);
      assertFails(ErrorCode.UNAVAILABLE, () -> embedder.embedQuery("text"));
      assertFails(ErrorCode.UNAVAILABLE, () -> embedder.embed(List.of("text"), Lane.BULK));
    }
  }

  @Test
  void aFailureIsToldAndNotRemembered() {
    model.open.countDown();
    Function<String, Embedding> works = model.answer;
    model.answer =
        text -> {
          throw AidbException.unavailable("down", Duration.ofSeconds(7), null);
        };
    assertThatThrownBy(() -> embedder.embedQuery("text"))
        .isInstanceOfSatisfying(
            AidbException.class, e -> assertThat(e.retryAfter()).contains(Duration.ofSeconds(7)));
    assertThat(embedder.probe(Duration.ofSeconds(5))).contains("down");
    model.answer =
        text -> {
          throw new StackOverflowError();
        };
    assertFails(ErrorCode.INTERNAL, () -> embedder.embedQuery("text"));
    assertFails(ErrorCode.INTERNAL, () -> embedder.embed(List.of("text"), Lane.BULK));
    model.answer = works;

    assertThat(embedder.embedQuery("text").tokens()).isEqualTo(4);
    assertThat(embedder.probe(Duration.ofSeconds(5))).isEmpty();
  }

  @Test
  void aProbeOfAModelThatHangsEndsInTime() {
    assertThat(embedder.probe(Duration.ofMillis(50))).isPresent();
  }

  @Test
  void documentsTravelTogetherWhereTheModelIsFarAway() {
    model.open.countDown();
    try (Embedder far =
        new Embedder(
            model,
            new EmbedderSettings(1, 1, 2, 2, 3, 0, Duration.ofSeconds(20), Duration.ofSeconds(1)),
            new EmbeddingMetrics(new PrometheusRegistry()))) {
      assertThat(far.embed(List.of("1", "2", "3", "4"), Lane.BULK)).hasSize(4);
    }
    assertThat(model.calls).containsExactly(3, 1);
  }

  @Test
  void closingFinishesWhatWaitsAndFreesTheModel() throws Exception {
    Future<List<Embedding>> bulk =
        callers.submit(() -> embedder.embed(List.of("1", "2"), Lane.BULK));
    model.entered.await();
    while (gauge("embeddings_batch_queue_size", "bulk") < 1) {
      Thread.sleep(1);
    }
    Future<?> closing = callers.submit(embedder::close);
    Thread.sleep(20);
    model.open.countDown();

    closing.get();
    assertThat(bulk.get()).hasSize(2);
    assertThat(model.closed).isTrue();
    assertFails(ErrorCode.UNAVAILABLE, () -> embedder.embedQuery("text"));
    assertFails(ErrorCode.UNAVAILABLE, () -> embedder.embed(List.of("text"), Lane.BULK));
  }

  @Test
  void closingDoesNotWaitForeverAndLeavesABusyModelOpen() throws Exception {
    model.deaf = true;
    Future<Embedding> running = callers.submit(() -> embedder.embedQuery("running"));
    model.entered.await();
    Future<Embedding> waiting = callers.submit(() -> embedder.embedQuery("waiting"));
    while (gauge("embeddings_batch_queue_size", "interactive") < 1) {
      Thread.sleep(1);
    }

    embedder.close();

    assertThat(model.closed).isFalse();
    assertThatThrownBy(waiting::get).hasRootCauseInstanceOf(AidbException.class);
    assertThat(running.isDone()).isFalse();
  }

  private static <T> T within(Duration wait, ScopedValue.CallableOp<T, RuntimeException> call) {
    return ScopedValue.where(Deadline.CURRENT, Deadline.in(wait)).call(call);
  }

  private static void assertFails(
      ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(AidbException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private double counter(String name, String label) {
    return snapshot(name, CounterSnapshot.class).getDataPoints().stream()
        .filter(point -> point.getLabels().getValue(0).equals(label))
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }

  private double gauge(String name, String label) {
    return snapshot(name, GaugeSnapshot.class).getDataPoints().stream()
        .filter(point -> point.getLabels().getValue(0).equals(label))
        .mapToDouble(GaugeSnapshot.GaugeDataPointSnapshot::getValue)
        .sum();
  }

  private <T extends MetricSnapshot> T snapshot(String name, Class<T> kind) {
    return registry.scrape().stream()
        .filter(metric -> metric.getMetadata().getName().equals(name))
        .map(kind::cast)
        .findFirst()
        .orElseThrow();
  }

  /** Says how long each text is; waits at its gate until it is opened. */
  private static final class FakeModel implements EmbeddingModel {
    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch open = new CountDownLatch(1);
    final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<String> free = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<Integer> calls = new ConcurrentLinkedQueue<>();
    volatile Function<String, Embedding> answer =
        text -> new Embedding(new float[] {0.6f, 0.8f}, text.length(), false);
    volatile boolean deaf;
    volatile boolean closed;

    @Override
    public String name() {
      return "fake";
    }

    @Override
    public int dimension() {
      return 2;
    }

    @Override
    public int maxTokens() {
      return 100;
    }

    @Override
    public List<Embedding> embed(List<String> texts) {
      calls.add(texts.size());
      seen.addAll(texts);
      entered.countDown();
      if (!free.containsAll(texts)) {
        pass();
      }
      return texts.stream().map(text -> answer.apply(text)).toList();
    }

    private void pass() {
      while (true) {
        try {
          if (open.await(1, TimeUnit.MINUTES)) {
            return;
          }
        } catch (InterruptedException e) {
          if (!deaf) {
            throw AidbException.unavailable("interrupted", Duration.ofSeconds(1), e);
          }
        }
      }
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
