package dev.aidb.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.core.Deadline;
import dev.aidb.core.ErrorCode;
import dev.aidb.testkit.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GroupCommitTest {
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private final List<List<String>> groups = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch firstMayEnd = new CountDownLatch(1);

  @AfterEach
  void end() {
    firstMayEnd.countDown();
    clients.close();
  }

  /** The first group waits until it may end; a write named bad fails its group. */
  private List<String> write(List<String> group) {
    groups.add(group);
    if (group.contains("first")) {
      awaitFirst();
    }
    if (group.contains("bad")) {
      throw new IllegalStateException("bad");
    }
    return group.stream().map(item -> "wrote " + item).toList();
  }

  private void awaitFirst() {
    try {
      firstMayEnd.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private GroupCommit<String, String> commits(int items, int waiting) {
    return new GroupCommit<>(
        new GroupCommit.Bounds(1, items, waiting), item -> item.charAt(0), this::write);
  }

  private Future<String> first(GroupCommit<String, String> commits) {
    Future<String> first = clients.submit(() -> commits.submit("first"));
    Eventually.within(Duration.ofSeconds(20), "the first is at work", () -> groups.size() == 1);
    return first;
  }

  /** Submits one after another, so that they wait in this order. */
  private List<Future<String>> behind(GroupCommit<String, String> commits, String... items)
      throws InterruptedException {
    List<Future<String>> results = new ArrayList<>();
    for (String item : items) {
      int before = commits.waiting();
      results.add(clients.submit(() -> commits.submit(item)));
      while (commits.waiting() == before) {
        Thread.sleep(1);
      }
    }
    return results;
  }

  @Test
  void aLoneWriteGoesAtOnce() {
    assertThat(commits(8, 8).submit("a")).isEqualTo("wrote a");
    assertThat(groups).containsExactly(List.of("a"));
  }

  @Test
  void thoseThatComeMeanwhileGoTogetherInTheirOrder() throws Exception {
    GroupCommit<String, String> commits = commits(3, 8);
    Future<String> first = first(commits);
    List<Future<String>> others = behind(commits, "a", "b", "c", "d");
    firstMayEnd.countDown();

    assertThat(first.get()).isEqualTo("wrote first");
    for (int i = 0; i < others.size(); i++) {
      assertThat(others.get(i).get()).isEqualTo("wrote " + "abcd".charAt(i));
    }
    assertThat(groups).containsExactly(List.of("first"), List.of("a", "b", "c"), List.of("d"));
  }

  @Test
  void twoOfOneKeyAreNeverInOneGroup() throws Exception {
    GroupCommit<String, String> commits = commits(8, 8);
    Future<String> first = first(commits);
    List<Future<String>> others = behind(commits, "a1", "b", "a2", "a3");
    firstMayEnd.countDown();
    first.get();
    for (Future<String> other : others) {
      other.get();
    }

    assertThat(groups)
        .containsExactly(List.of("first"), List.of("a1", "b"), List.of("a2"), List.of("a3"));
  }

  @Test
  void oneWritesFaultIsNotAnothers() throws Exception {
    GroupCommit<String, String> commits = commits(8, 8);
    Future<String> first = first(commits);
    List<Future<String>> others = behind(commits, "a", "bad", "c");
    firstMayEnd.countDown();

    assertThat(first.get()).isEqualTo("wrote first");
    assertThat(others.get(0).get()).isEqualTo("wrote a");
    assertThatThrownBy(() -> others.get(1).get()).hasRootCauseMessage("bad");
    assertThat(others.get(2).get()).isEqualTo("wrote c");
    assertThat(commits.submit("z")).isEqualTo("wrote z");
  }

  @Test
  void aFailureAloneIsToldAndTheNextGoesOn() {
    GroupCommit<String, String> commits = commits(8, 8);

    assertThatThrownBy(() -> commits.submit("bad")).hasMessage("bad");
    assertThat(groups).hasSize(1);
    assertThat(commits.submit("a")).isEqualTo("wrote a");
  }

  @Test
  void whoseTurnDoesNotComeInTimeIsTurnedAwayAndNothingIsDone() throws Exception {
    GroupCommit<String, String> commits = commits(8, 8);
    Future<String> first = first(commits);

    assertThatThrownBy(() ->
            ScopedValue.where(Deadline.CURRENT, Deadline.in(Duration.ofMillis(50)))
                .call(() -> commits.submit("late")))
        .isInstanceOfSatisfying(
            AidbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED));
    firstMayEnd.countDown();
    first.get();

    assertThat(commits.submit("next")).isEqualTo("wrote next");
    assertThat(groups).doesNotContain(List.of("late"));
  }

  @Test
  void whoIsInterruptedBeforeItsTurnIsTurnedAway() throws Exception {
    GroupCommit<String, String> commits = commits(8, 8);
    Future<String> first = first(commits);
    List<Throwable> told = Collections.synchronizedList(new ArrayList<>());
    Thread waiter =
        Thread.startVirtualThread(() -> {
          try {
            var unused = commits.submit("gone");
          } catch (AidbException e) {
            told.add(e);
          }
        });
    while (commits.waiting() == 0) {
      Thread.sleep(1);
    }
    waiter.interrupt();
    waiter.join();
    firstMayEnd.countDown();
    first.get();

    assertThat(told).hasSize(1);
    assertThat(groups).containsExactly(List.of("first"));
  }

  @Test
  void beyondItsRoomAWriteGoesByItself() throws Exception {
    GroupCommit<String, String> commits = commits(8, 1);
    Future<String> first = first(commits);
    List<Future<String>> waits = behind(commits, "a");

    assertThat(commits.submit("b")).isEqualTo("wrote b");
    firstMayEnd.countDown();
    first.get();
    assertThat(waits.getFirst().get()).isEqualTo("wrote a");
  }

  @Test
  void ofManyAtOnceEachGetsItsOwnResultAndNoMoreGroupsRunThanAllowed() throws Exception {
    AtomicInteger atWork = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Set<Integer> written = ConcurrentHashMap.newKeySet();
    GroupCommit<Integer, Integer> commits =
        new GroupCommit<>(
            new GroupCommit.Bounds(2, 16, 10_000),
            item -> item % 100,
            group -> {
              most.accumulateAndGet(atWork.incrementAndGet(), Math::max);
              assertThat(new HashSet<>(group.stream().map(i -> i % 100).toList()))
                  .hasSameSizeAs(group);
              written.addAll(group);
              Thread.yield();
              atWork.decrementAndGet();
              return group.stream().map(i -> -i).toList();
            });
    List<Future<Integer>> results = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      int item = i;
      results.add(clients.submit(() -> commits.submit(item)));
    }
    for (int i = 0; i < results.size(); i++) {
      assertThat(results.get(i).get()).isEqualTo(-i);
    }
    assertThat(written).hasSize(5_000);
    assertThat(most.get()).isLessThanOrEqualTo(2);
    assertThat(commits.waiting()).isZero();
  }
}
