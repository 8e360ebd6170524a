package dev.aidb.app;

import dev.aidb.core.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The identity of this node's index among the followers of the change log, kept in the data
 * directory.
 */
final class NodeId {
  private static final String FILE = "node-id";

  private NodeId() {}

  static UUID of(Path dataDirectory) {
    Path file = dataDirectory.resolve(FILE);
    try {
      return UUID.fromString(Files.readString(file).strip());
    } catch (NoSuchFileException | IllegalArgumentException e) {
      return fresh(file);
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  private static UUID fresh(Path file) {
    UUID id = UUID.randomUUID();
    try {
      Files.writeString(file, id + "\n");
      return id;
    } catch (IOException e) {
      throw unusable(file, e);
    }
  }

  private static StartFailure unusable(Path file, IOException e) {
    return new StartFailure(
        "The file " + file + " can't be read or written", "Check its owner and rights.", e);
  }
}
