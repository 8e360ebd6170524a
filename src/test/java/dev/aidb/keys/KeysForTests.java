package dev.aidb.keys;

import dev.aidb.core.UuidV7Source;
import dev.aidb.store.Database;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Makes keys behind a server's back, as {@code aidb keys} does, for tests of any package. */
public final class KeysForTests {
  private final Database database;
  private final Pepper pepper;
  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

  private KeysForTests(Database database, Pepper pepper) {
    this.database = database;
    this.pepper = pepper;
  }

  /** With the pepper of that folder of secrets. */
  public static KeysForTests of(Database database, Path secrets) {
    return new KeysForTests(
        database, PepperFile.obtain(secrets, Optional.empty(), false, database));
  }

  /** With that pepper. */
  public static KeysForTests of(Database database, String pepper) {
    return new KeysForTests(database, new Pepper(pepper));
  }

  /** The keys as of a clock. */
  public Keys at(Clock clock) {
    return new Keys(database, () -> pepper, UuidV7Source.system(), clock);
  }

  private Keys now() {
    return at(Clock.systemUTC());
  }

  /** The text of a new key, limited to those collections when there are any. */
  public String create(String name, KeyScope scope, String... collections) {
    return create(now(), name, scope, Optional.empty(), collections);
  }

  /** The text of a new key whose end is past. */
  public String createExpired(String name, KeyScope scope) {
    Instant past = Instant.now().minus(Duration.ofDays(2));
    return create(
        at(Clock.fixed(past, ZoneOffset.UTC)), name, scope, Optional.of(past.plusSeconds(60)));
  }

  private static String create(
      Keys keys, String name, KeyScope scope, Optional<Instant> end, String... collections) {
    KeyText text = keys.draw();
    Optional<Set<String>> only =
        collections.length == 0 ? Optional.empty() : Optional.of(Set.of(collections));
    var unused = keys.create(new NewKey(name, scope, only, Optional.empty(), end), text, "test");
    return text.reveal();
  }

  public void revoke(String name) {
    var unused = now().revoke(now().find(name).orElseThrow().id(), "test");
  }

  /** A key of the right form that nobody made. */
  public String unknown() {
    return KeyText.random(random).reveal();
  }

  /** The same id with a secret that isn't its own. */
  public String withAnotherSecret(String key) {
    return KeyText.withId(KeyText.parse(key).orElseThrow().id(), random).reveal();
  }
}
