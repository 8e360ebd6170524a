/** Tests of the protocol, and the surface that the official conformance suite asks for. */
@NullMarked
package dev.aidb.mcp;

import org.jspecify.annotations.NullMarked;
