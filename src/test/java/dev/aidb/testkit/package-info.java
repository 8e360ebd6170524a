/** Real parts, fakes and contract kits that the tests of several packages share. */
@NullMarked
package dev.aidb.testkit;

import org.jspecify.annotations.NullMarked;
