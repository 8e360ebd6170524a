package dev.aidb.keys;

import dev.aidb.config.Secret;
import dev.aidb.config.SecretFiles;
import dev.aidb.core.StartFailure;
import dev.aidb.store.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Finds the pepper of a server: the configured one, else that of its data directory, which is made
 * when there is none yet.
 */
public final class PepperFile {
  /** The file's name in the folder of secrets. */
  public static final String NAME = "pepper";

  private static final int RANDOM_BYTES = 32;

  private PepperFile() {}

  /**
   * The pepper, checked against the one that the database's keys were hashed under.
   *
   * @param secrets the data directory's folder of secrets
   * @param configured the pepper of {@code auth.pepper_file}
   * @throws StartFailure when it isn't that one, or is missing while there are keys: another one
   *     would make every key invalid without a word
   */
  public static Pepper obtain(
      Path secrets, Optional<Secret> configured, boolean allowGroupRead, Database database) {
    Optional<byte[]> check = KeyRows.pepperCheck(database);
    if (configured.isPresent()) {
      return checked(
          pepper(configured.get().reveal(), "auth.pepper_file"), check, "auth.pepper_file");
    }
    Path file = secrets.resolve(NAME);
    if (!Files.exists(file)) {
      if (check.isPresent()) {
        throw new StartFailure(
            "The pepper " + file + " is missing, and the database has API keys that need it",
            "Restore it from a backup, or share the one of the node that made the keys by"
                + " auth.pepper_file. If it is lost, every key is: revoke them with `aidb keys"
                + " revoke --all`, and make new ones.");
      }
      make(file);
    }
    return checked(read(file, allowGroupRead), check, file.toString());
  }

  private static void make(Path file) {
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    try {
      // When another process was faster, its pepper is the one.
      var unused = SecretFile.stage(file, HexFormat.of().formatHex(random)).publishIfAbsent();
    } catch (IOException e) {
      throw new StartFailure(
          "The pepper " + file + " can't be written",
          "Check who owns the folder and that the disk isn't full.",
          e);
    }
  }

  private static Pepper read(Path file, boolean allowGroupRead) {
    try {
      return pepper(SecretFiles.read(file, allowGroupRead).reveal(), file.toString());
    } catch (IllegalArgumentException e) {
      throw new StartFailure(
          "The pepper can't be used: the data directory " + e.getMessage() + " (" + file + ")",
          "",
          e);
    }
  }

  private static Pepper pepper(String text, String source) {
    try {
      return new Pepper(text.strip());
    } catch (IllegalArgumentException e) {
      throw new StartFailure(
          "The pepper of " + source + " can't be used: " + e.getMessage(),
          "Make one with: openssl rand -hex 32",
          e);
    }
  }

  private static Pepper checked(Pepper pepper, Optional<byte[]> check, String source) {
    if (check.isPresent() && !MessageDigest.isEqual(check.get(), pepper.check())) {
      throw new StartFailure(
          "The pepper of " + source + " isn't the one that the database's API keys were made with",
          "Every node of a database needs the same one: share it by auth.pepper_file, or restore"
              + " the pepper and the database from the same backup.");
    }
    return pepper;
  }
}
