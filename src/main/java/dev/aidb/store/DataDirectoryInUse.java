package dev.aidb.store;

import dev.aidb.core.StartFailure;
import java.nio.file.Path;

/** Somebody else holds the data directory: most likely a server that runs. */
public final class DataDirectoryInUse extends StartFailure {
  private static final long serialVersionUID = 1L;

  private final transient Path root;

  DataDirectoryInUse(Path root, String owner) {
    super(
        "The data directory " + root + " is in use by " + owner,
        "Stop that process, or choose another directory with --data-dir.");
    this.root = root;
  }

  /** The directory, without symbolic links. */
  public Path root() {
    return root;
  }
}
