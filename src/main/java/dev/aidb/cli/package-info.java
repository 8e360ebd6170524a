/**
 * The command line: one class per verb, over picocli. Verbs talk to a server through {@link
 * dev.aidb.cli.ApiClient} and touch no class of the server, so that they start fast.
 *
 * <p>Promises: data goes to standard output and talk to standard error; exit status 0 done, 1
 * failed, 2 wrong usage; no stack trace without {@code --debug}; what a server sent can't move the
 * cursor or change the colours of the terminal. Limits: an answer of at most 64 MiB, a file of at
 * most 8 MiB.
 */
@NullMarked
package dev.aidb.cli;

import org.jspecify.annotations.NullMarked;
