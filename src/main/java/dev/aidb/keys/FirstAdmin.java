package dev.aidb.keys;

import dev.aidb.core.StartFailure;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/** The key that a server with {@code auth.required} makes at its first start. */
public final class FirstAdmin {
  /** The key's name, and that of its file without the ending. */
  public static final String NAME = "admin";

  private static final Logger LOG = System.getLogger(FirstAdmin.class.getName());

  private FirstAdmin() {}

  /**
   * Makes the key and writes it to {@code admin.key} in the folder of secrets, unless one of its
   * name was ever made. The file is complete before the key is valid: a start that is cut short in
   * between leaves a file that the next start writes anew. A file of that name that is there
   * already is kept under a dated one.
   *
   * @return the file, when it was written
   * @throws StartFailure when the file can't be written; then there is no key either
   */
  public static Optional<Path> ensure(Keys keys, Path secrets, Clock clock) {
    Path place = secrets.resolve(NAME + ".key");
    NewKey key =
        new NewKey(NAME, KeyScope.ADMIN, Optional.empty(), Optional.empty(), Optional.empty());
    KeyText text = keys.draw();
    try {
      SecretFile file = SecretFile.stage(place, text.reveal());
      try {
        boolean made =
            keys.createFirst(
                key,
                text,
                "system",
                () -> {
                  var unused = file.publish(clock.instant());
                });
        if (!made) {
          return Optional.empty();
        }
      } finally {
        file.discard();
      }
      LOG.log(Level.INFO, "The first admin key is in {0}", place);
      return Optional.of(place);
    } catch (IOException e) {
      throw new StartFailure(
          "The first admin key can't be written to " + place,
          "Check who owns the folder and that the disk isn't full.",
          e);
    }
  }
}
