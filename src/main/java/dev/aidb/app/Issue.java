package dev.aidb.app;

import dev.aidb.cli.Terminal;
import dev.aidb.core.AidbException;
import dev.aidb.core.ErrorCode;
import dev.aidb.core.StartFailure;
import dev.aidb.keys.ApiKey;
import dev.aidb.keys.KeyText;
import dev.aidb.keys.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;

/** A change that makes a secret valid, and the file that the secret goes to. */
final class Issue {
  private final Terminal terminal;
  private final Clock clock;
  private final KeyText text;
  private final Optional<Path> place;
  private Optional<Path> kept = Optional.empty();

  /**
   * @param place where the secret is to be, if in a file
   * @throws IllegalArgumentException when there is something that a file can't take the place of
   */
  Issue(Terminal terminal, Clock clock, KeyText text, Optional<Path> place) {
    this.terminal = terminal;
    this.clock = clock;
    this.text = text;
    this.place = place;
    place.ifPresent(Issue::check);
  }

  private static void check(Path place) {
    if (Files.exists(place) && !(Files.isRegularFile(place) && Files.isReadable(place))) {
      throw new IllegalArgumentException(
          place
              + (Files.isDirectory(place) ? " is a directory" : " isn't a file that can be read")
              + "; name a file with --out that isn't there yet, or one to replace");
    }
  }

  KeyText text() {
    return text;
  }

  Optional<Path> place() {
    return place;
  }

  /** Where the file is that was at the place before. */
  Optional<Path> kept() {
    return kept;
  }

  /**
   * Makes the change once the secret lies safely beside its place, and then puts it there: a full
   * disk is found before the change, and until the end the old file holds a valid secret.
   */
  ApiKey around(Supplier<ApiKey> change) {
    if (place.isEmpty()) {
      return change.get();
    }
    SecretFile file = staged(place.get());
    ApiKey changed = changed(change, file, place.get());
    try {
      kept = file.publish(clock.instant());
    } catch (IOException e) {
      throw new StartFailure(
          "The key is valid but couldn't be put at " + place.get(),
          "Its file is " + file.staged() + ": move it yourself.",
          e);
    }
    return changed;
  }

  /** A change that failed leaves no file, unless it may have been made nevertheless. */
  private ApiKey changed(Supplier<ApiKey> change, SecretFile file, Path at) {
    try {
      return change.get();
    } catch (AidbException e) {
      if (e.code() != ErrorCode.UNAVAILABLE) {
        discard(file);
        throw e;
      }
      throw new StartFailure(
          e.detail() + "; the key may be valid already",
          ("See: aidb keys list --json. If it is, its file is %s: move it to %s. If not, delete that"
                  + " file and try again.")
              .formatted(file.staged(), at),
          e);
    } catch (RuntimeException | Error e) {
      discard(file);
      throw e;
    }
  }

  private SecretFile staged(Path at) {
    try {
      return SecretFile.stage(at, text.reveal());
    } catch (IOException e) {
      throw new StartFailure(
          "The key's file " + at + " can't be written",
          "Nothing was changed. Check that its folder exists and who owns it.",
          e);
    }
  }

  private void discard(SecretFile file) {
    try {
      file.discard();
    } catch (IOException e) {
      terminal.err().println("A file is left over: " + file.staged());
    }
  }
}
