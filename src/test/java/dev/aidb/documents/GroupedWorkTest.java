package dev.aidb.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.Deadline;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class GroupedWorkTest {
  private static final StreamBounds BOUNDS = new StreamBounds(8, 1_000, 3, 1_000);

  private final List<Integer> out = Collections.synchronizedList(new ArrayList<>());

  @Test
  void results_come_in_the_order_of_the_items() {
    GroupedWork.run(numbers(500), BOUNDS, keys(i -> Optional.empty()), group -> group, out::add);

    assertThat(out).isEqualTo(IntStream.range(0, 500).boxed().toList());
  }

  @Test
  void groups_and_what_is_in_work_stay_within_their_bounds() {
    AtomicInteger working = new AtomicInteger();
    List<Integer> together = Collections.synchronizedList(new ArrayList<>());
    List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());

    GroupedWork.run(
        numbers(300),
        BOUNDS,
        keys(i -> Optional.empty()),
        group -> {
          together.add(working.incrementAndGet());
          sizes.add(group.size());
          Thread.yield();
          working.decrementAndGet();
          return group;
        },
        out::add);

    assertThat(Collections.max(together)).isBetween(1, 3);
    assertThat(Collections.max(sizes)).isBetween(1, 8);
    assertThat(out).hasSize(300);
  }

  @Test
  void an_item_heavier_than_all_may_weigh_goes_alone() {
    GroupedWork.run(
        numbers(20), new StreamBounds(8, 10, 3, 10), weighing(1_000_000), group -> group, out::add);

    assertThat(out).hasSize(20);
  }

  @Test
  void a_group_is_no_heavier_than_it_may_be() {
    List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());

    GroupedWork.<Integer, Integer>run(
        numbers(100),
        new StreamBounds(8, 30, 3, 1_000),
        weighing(10),
        group -> {
          sizes.add(group.size());
          return group;
        },
        out::add);

    assertThat(Collections.max(sizes)).isBetween(1, 3);
    assertThat(out).hasSize(100);
  }

  @Test
  void two_items_of_one_key_are_never_in_work_together() {
    Set<Integer> inWork = ConcurrentHashMap.newKeySet();
    AtomicBoolean clash = new AtomicBoolean();

    GroupedWork.run(
        numbers(400),
        BOUNDS,
        keys(i -> Optional.of(i % 5)),
        group -> {
          group.forEach(i -> clash.compareAndSet(false, !inWork.add(i % 5)));
          Thread.yield();
          group.forEach(i -> inWork.remove(i % 5));
          return group;
        },
        out::add);

    assertThat(clash).isFalse();
    assertThat(out).isEqualTo(IntStream.range(0, 400).boxed().toList());
  }

  @Test
  void a_client_that_waits_for_each_answer_gets_it() {
    BlockingQueue<Integer> answers = new LinkedBlockingQueue<>();
    Iterator<Integer> dialogue =
        new Iterator<>() {
          private int sent;

          @Override
          public boolean hasNext() {
            return sent < 10;
          }

          @Override
          public Integer next() {
            if (sent > 0) {
              try {
                assertThat(answers.poll(10, TimeUnit.SECONDS)).isEqualTo(sent - 1);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            }
            return sent++;
          }
        };

    GroupedWork.<Integer, Integer>run(
        dialogue, BOUNDS, keys(i -> Optional.empty()), group -> group, answers::add);

    assertThat(answers).containsExactly(9);
  }

  @Test
  void work_that_fails_ends_the_stream_though_the_client_is_silent() {
    assertThatThrownBy(() ->
            GroupedWork.<Integer, Integer>run(
                silentAfter(1),
                BOUNDS,
                keys(i -> Optional.empty()),
                group -> {
                  throw new IllegalArgumentException("broken");
                },
                out::add))
        .hasMessage("broken");
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void a_client_that_takes_no_answer_ends_the_stream() {
    assertThatThrownBy(() ->
            GroupedWork.<Integer, Integer>run(
                silentAfter(3),
                BOUNDS,
                keys(i -> Optional.empty()),
                group -> group,
                result -> {
                  throw new IllegalArgumentException("gone");
                }))
        .hasMessage("gone");
  }

  @Test
  void work_has_a_deadline() {
    GroupedWork.run(
        numbers(1),
        BOUNDS,
        keys(i -> Optional.empty()),
        group -> List.of(Deadline.CURRENT.isBound() ? 1 : 0),
        out::add);

    assertThat(out).containsExactly(1);
  }

  private static Iterator<Integer> numbers(int count) {
    return IntStream.range(0, count).iterator();
  }

  /** A client that sends so many items and then nothing, until the reader is interrupted. */
  private static Iterator<Integer> silentAfter(int items) {
    return new Iterator<>() {
      private int sent;

      @Override
      public boolean hasNext() {
        return true;
      }

      @Override
      public Integer next() {
        if (sent == items) {
          try {
            Thread.sleep(10_000);
          } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
          }
        }
        return sent++;
      }
    };
  }

  private interface KeyOf {
    Optional<?> key(int item);
  }

  private static GroupedWork.Traits<Integer> keys(KeyOf keyOf) {
    return new GroupedWork.Traits<>() {
      @Override
      public int weight(Integer item) {
        return 1;
      }

      @Override
      public Optional<?> key(Integer item) {
        return keyOf.key(item);
      }
    };
  }

  private static GroupedWork.Traits<Integer> weighing(int weight) {
    return new GroupedWork.Traits<>() {
      @Override
      public int weight(Integer item) {
        return weight;
      }

      @Override
      public Optional<?> key(Integer item) {
        return Optional.empty();
      }
    };
  }
}
