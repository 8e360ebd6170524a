package dev.aidb.cli;

import java.nio.file.Path;

/**
 * A file to import.
 *
 * @param file where it is
 * @param name its path within the folder that was given, with forward slashes: the same on each run
 */
record ImportSource(Path file, String name) {}
