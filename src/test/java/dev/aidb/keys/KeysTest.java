package dev.aidb.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.StartFailure;
import dev.aidb.core.UuidV7Source;
import dev.aidb.guard.KeyVerdict;
import dev.aidb.guard.Refusal.Reason;
import dev.aidb.operation.Allowance;
import dev.aidb.operation.Caller;
import dev.aidb.operation.Scope;
import dev.aidb.store.Database;
import dev.aidb.testkit.Eventually;
import dev.aidb.testkit.PostgresForTests;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys in a real database, judged by a ring. */
class KeysTest {
  private static final String PEPPER = "a pepper of the tests, long enough to be one";
  private static final Duration LOOK = Duration.ofMillis(50);

  @TempDir private Path secrets;
  private final Hand clock = new Hand();
  private final Pepper pepper = new Pepper(PEPPER);
  private Database database;
  private Keys keys;
  private CachedKeyRing ring;

  /** A clock that is moved by hand. */
  private static final class Hand extends Clock {
    private volatile Instant now = Instant.parse("2030-01-01T00:00:00Z");

    void pass(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return InstantSource.fixed(now).withZone(zone);
    }
  }

  @BeforeEach
  void start() {
    database = PostgresForTests.freshDatabase();
    keys = new Keys(database, () -> pepper, UuidV7Source.system(), clock);
    ring = ring(Duration.ofMinutes(15));
    ring.start(database, pepper);
  }

  @AfterEach
  void stop() {
    ring.close();
    database.close();
  }

  private CachedKeyRing ring(Duration grace) {
    return new CachedKeyRing(
        clock,
        new CachedKeyRing.Settings(
            LOOK, Duration.ofMinutes(1), Duration.ofMillis(100), Duration.ofSeconds(2), grace),
        new PrometheusRegistry());
  }

  private KeyText create(String name, KeyScope scope, Optional<Instant> end) {
    KeyText text = keys.draw();
    var unused =
        keys.create(
            new NewKey(name, scope, Optional.empty(), Optional.empty(), end), text, "tests");
    ring.refresh();
    return text;
  }

  private KeyText create(String name) {
    return create(name, KeyScope.READ, Optional.empty());
  }

  private Optional<Reason> refusal(KeyText text) {
    return switch (ring.judge(text.reveal())) {
      case KeyVerdict.Valid valid -> Optional.empty();
      case KeyVerdict.Invalid(Reason reason, Optional<String> bearer) -> Optional.of(reason);
    };
  }

  private Caller caller(KeyText text) {
    return ((KeyVerdict.Valid) ring.judge(text.reveal())).caller();
  }

  @Test
  void aKeyIsWhatItWasMadeTo() {
    KeyText text = keys.draw();
    ApiKey made =
        keys.create(
            new NewKey(
                "ingest",
                KeyScope.WRITE,
                Optional.of(Set.of("a", "b")),
                Optional.of(new Allowance(5, 50)),
                Optional.of(clock.instant().plusSeconds(60))),
            text,
            "tests");
    ring.refresh();

    assertThat(made.id()).isEqualTo(text.id());
    assertThat(caller(text))
        .isEqualTo(
            new Caller(
                "key:" + text.id(),
                Set.of(Scope.READ, Scope.WRITE),
                Optional.of(Set.of("a", "b")),
                Optional.of(new Allowance(5, 50))));
    assertThat(keys.list()).containsExactly(made);
    assertThat(keys.find("ingest")).contains(made);
    assertThat(keys.find(text.id())).contains(made);
  }

  @Test
  void eachScopeIncludesTheLesserOnes() {
    assertThat(caller(create("r", KeyScope.READ, Optional.empty())).scopes())
        .containsExactlyInAnyOrder(Scope.READ);
    assertThat(caller(create("w", KeyScope.WRITE, Optional.empty())).scopes())
        .containsExactlyInAnyOrder(Scope.READ, Scope.WRITE);
    assertThat(caller(create("a", KeyScope.ADMIN, Optional.empty())).scopes())
        .containsExactlyInAnyOrder(Scope.READ, Scope.WRITE, Scope.ADMIN);
  }

  @Test
  void aWrongSecretIsAsUnknownAsAWrongId() {
    KeyText text = create("one");
    assertThat(refusal(keys.draw())).contains(Reason.UNKNOWN);
    assertThat(refusal(KeyText.withId(text.id(), new java.security.SecureRandom())))
        .contains(Reason.UNKNOWN);
    assertThat(ring.judge("nonsense")).isEqualTo(new KeyVerdict.Invalid(Reason.MALFORMED));
  }

  @Test
  void anEndedKeyIsNamedToWhoHoldsItsSecretOnly() {
    KeyText text = create("gone");
    var unused = keys.revoke(text.id(), "tests");
    ring.refresh();
    assertThat(ring.judge(text.reveal()))
        .isEqualTo(new KeyVerdict.Invalid(Reason.REVOKED, Optional.of("key:" + text.id())));
    KeyText guessed = KeyText.withId(text.id(), new java.security.SecureRandom());
    assertThat(ring.judge(guessed.reveal())).isEqualTo(new KeyVerdict.Invalid(Reason.UNKNOWN));
  }

  @Test
  void aKeyEndsAtItsEndWithoutAnybodyLooking() {
    KeyText text = create("short", KeyScope.READ, Optional.of(clock.instant().plusSeconds(60)));
    clock.pass(Duration.ofSeconds(59));
    assertThat(refusal(text)).isEmpty();
    clock.pass(Duration.ofSeconds(1));
    assertThat(refusal(text)).contains(Reason.EXPIRED);
  }

  @Test
  void aRotatedSecretIsValidForTheOverlap() {
    KeyText old = create("service");
    ApiKey key = keys.find("service").orElseThrow();
    KeyText next = keys.drawFor(key);
    var rotated = keys.rotate(key.id(), next, Duration.ofHours(24), Optional.empty(), "tests");
    ring.refresh();

    assertThat(next.id()).isEqualTo(old.id());
    assertThat(rotated.state(clock.instant())).isEqualTo(ApiKey.State.ROTATING);
    assertThat(refusal(old)).isEmpty();
    assertThat(refusal(next)).isEmpty();
    clock.pass(Duration.ofHours(24));
    assertThat(refusal(old)).contains(Reason.EXPIRED);
    assertThat(refusal(next)).isEmpty();
  }

  @Test
  void aSecondRotationEndsTheOldestSecretAndNoOverlapTheLast() {
    KeyText first = create("service");
    String id = first.id();
    ApiKey key = keys.find(id).orElseThrow();
    KeyText second = keys.drawFor(key);
    keys.rotate(id, second, Duration.ofHours(24), Optional.empty(), "tests");
    KeyText third = keys.drawFor(key);
    keys.rotate(id, third, Duration.ZERO, Optional.empty(), "tests");
    ring.refresh();

    assertThat(refusal(first)).contains(Reason.UNKNOWN);
    assertThat(refusal(second)).contains(Reason.EXPIRED);
    assertThat(refusal(third)).isEmpty();
  }

  @Test
  void aRevokedKeyEndsWithBothItsSecrets() {
    KeyText old = create("service");
    ApiKey key = keys.find("service").orElseThrow();
    KeyText next = keys.drawFor(key);
    keys.rotate(key.id(), next, Duration.ofHours(24), Optional.empty(), "tests");
    keys.revoke(key.id(), "tests");

    Eventually.within(
        Duration.ofSeconds(5),
        "the ring sees it by itself",
        () -> refusal(old).equals(Optional.of(Reason.REVOKED)));
    assertThat(refusal(next)).contains(Reason.REVOKED);
    assertThatThrownBy(() -> keys.rotate(key.id(), next, Duration.ZERO, Optional.empty(), "tests"))
        .hasMessageContaining("revoked");
    assertThat(create("service")).isNotNull(); // the name is free again
  }

  @Test
  void aNameIsTakenOnce() {
    create("one");
    assertThatThrownBy(() -> create("one"))
        .isInstanceOfSatisfying(
            AidbException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
  }

  @Test
  void theDatabaseHoldsNoSecret() throws Exception {
    KeyText text = create("one");
    ApiKey key = keys.find("one").orElseThrow();
    KeyText next = keys.drawFor(key);
    keys.rotate(key.id(), next, Duration.ofHours(1), Optional.empty(), "tests");
    String all =
        database.withHandle(handle ->
            String.join(
                "\n",
                handle
                    .createQuery(
                        "SELECT k::text FROM api_key k UNION ALL SELECT a::text FROM"
                            + " audit_event a UNION ALL SELECT s::text FROM key_state s")
                    .mapTo(String.class)
                    .list()));
    assertThat(all).contains(text.id(), "key.create", "key.rotate");
    for (KeyText secret : List.of(text, next)) {
      assertThat(all).doesNotContain(secret.reveal().substring(text.id().length() + 6));
    }
    assertThat(all).doesNotContain(PEPPER);
  }

  @Test
  void theLastUseIsStoredNowAndThen() {
    KeyText text = create("one");
    assertThat(refusal(text)).isEmpty();
    Instant used = clock.instant();
    Eventually.within(
        Duration.ofSeconds(5),
        "the last use is stored",
        () -> keys.find("one").orElseThrow().lastUsedAt().equals(Optional.of(used)));
    clock.pass(Duration.ofSeconds(10));
    assertThat(refusal(text)).isEmpty();
    ring.close();
    assertThat(keys.find("one").orElseThrow().lastUsedAt()).contains(used.plusSeconds(10));
  }

  @Test
  void withoutTheDatabaseKnownKeysGoOnForTheGrace() {
    KeyText text = create("one", KeyScope.READ, Optional.of(clock.instant().plusSeconds(60)));
    ring.close();
    ring = ring(Duration.ofMillis(1_500));
    Database away = Database.open(database.endpoint(), dev.aidb.store.PoolSettings.defaults());
    ring.start(away, pepper);
    away.close(); // every look fails from now on
    assertThat(refusal(text)).isEmpty();
    clock.pass(Duration.ofSeconds(60));
    assertThat(refusal(text)).contains(Reason.EXPIRED);

    Eventually.within(Duration.ofSeconds(5), "keys are not judged any more", this::isUnavailable);
  }

  private boolean isUnavailable() {
    try {
      var unused = ring.judge(keys.draw().reveal());
      return false;
    } catch (AidbException e) {
      return e.code() == ErrorCode.UNAVAILABLE;
    }
  }

  @Test
  void beforeItsStartARingJudgesNothing() {
    ring.close();
    ring = ring(Duration.ofMinutes(15));
    assertThat(isUnavailable()).isTrue();
  }

  @Test
  void aNodeWithAnotherPepperIsTold() {
    create("one");
    assertThatThrownBy(() ->
            PepperFile.obtain(
                secrets,
                Optional.of(new dev.aidb.config.Secret("another pepper of 32 characters, or more")),
                false,
                database))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("auth.pepper_file isn't the one");
    assertThatThrownBy(() -> PepperFile.obtain(secrets, Optional.empty(), false, database))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("is missing, and the database has API keys");
    assertThat(secrets).isEmptyDirectory();
    ring.close();
    ring = ring(Duration.ofMinutes(15));
    ring.start(database, new Pepper("another pepper of 32 characters, or more"));
    assertThat(isUnavailable()).isTrue();
  }

  @Test
  void aPepperIsMadeOnceAndKeptClosed() throws Exception {
    Pepper made = PepperFile.obtain(secrets, Optional.empty(), false, database);
    Path file = secrets.resolve("pepper");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("r--------");
    Pepper again = PepperFile.obtain(secrets, Optional.empty(), false, database);
    assertThat(again.check()).isEqualTo(made.check());

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
    assertThatThrownBy(() -> PepperFile.obtain(secrets, Optional.empty(), false, database))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("chmod 0400");
  }

  @Test
  void whenThePepperIsLostAllKeysAreEndedAndAnotherIsTaken() {
    KeyText lost = create("one");
    Pepper another = new Pepper("another pepper of 32 characters, or more");
    Keys without = new Keys(database, () -> another, UuidV7Source.system(), clock);
    assertThat(without.revokeAll("tests")).isEqualTo(1);
    ring.refresh();
    assertThat(refusal(lost)).contains(Reason.REVOKED);

    KeyText text = without.draw();
    without.create(
        new NewKey("two", KeyScope.READ, Optional.empty(), Optional.empty(), Optional.empty()),
        text,
        "tests");
    ring.close();
    ring = ring(Duration.ofMinutes(15));
    ring.start(database, another);
    assertThat(refusal(text)).isEmpty();
  }

  @Test
  void theFirstAdminKeyIsMadeOnce() throws Exception {
    Optional<Path> file = FirstAdmin.ensure(keys, secrets, clock);
    assertThat(file).contains(secrets.resolve("admin.key"));
    String text = Files.readString(file.orElseThrow());
    ring.refresh();
    assertThat(caller(KeyText.parse(text.strip()).orElseThrow()).may(Scope.ADMIN)).isTrue();

    assertThat(FirstAdmin.ensure(keys, secrets, clock)).isEmpty();
    assertThat(file.orElseThrow()).hasContent(text);
    keys.revoke(keys.find("admin").orElseThrow().id(), "tests");
    assertThat(FirstAdmin.ensure(keys, secrets, clock)).isEmpty();
    try (var files = Files.list(secrets)) {
      assertThat(files).containsExactly(file.orElseThrow());
    }
  }

  @Test
  void nodesThatStartAtOnceMakeOneFirstAdminKey() throws Exception {
    List<Path> folders = new java.util.ArrayList<>();
    for (int i = 0; i < 4; i++) {
      folders.add(Files.createDirectory(secrets.resolve("node" + i)));
    }
    List<Path> made;
    try (var nodes = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
      made =
          nodes
              .invokeAll(
                  folders.stream()
                      .<java.util.concurrent.Callable<Optional<Path>>>map(
                          folder -> () -> FirstAdmin.ensure(keys, folder, clock))
                      .toList())
              .stream()
              .flatMap(node -> node.resultNow().stream())
              .toList();
    }
    assertThat(made).hasSize(1);
    assertThat(keys.list()).hasSize(1);
    ring.refresh();
    String text = Files.readString(made.getFirst()).strip();
    assertThat(refusal(KeyText.parse(text).orElseThrow())).isEmpty();
    for (Path folder : folders) {
      try (var files = Files.list(folder)) {
        assertThat(files.toList())
            .isEqualTo(made.stream().filter(file -> file.startsWith(folder)).toList());
      }
    }
  }

  @Test
  void aFirstAdminKeyThatCannotBeHandedOverIsNotMade() {
    NewKey key =
        new NewKey("admin", KeyScope.ADMIN, Optional.empty(), Optional.empty(), Optional.empty());
    assertThatThrownBy(() ->
            keys.createFirst(
                key,
                keys.draw(),
                "tests",
                () -> {
                  throw new IOException("disk full");
                }))
        .isInstanceOf(IOException.class);
    assertThat(keys.list()).isEmpty();
  }
}
