/** Tests of the whole program: real processes, asked over real sockets. */
@NullMarked
package dev.aidb.it;

import org.jspecify.annotations.NullMarked;
