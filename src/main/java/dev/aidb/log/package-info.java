/**
 * The set-up of logging: everything goes to standard error, as readable lines on a terminal and as
 * one JSON object a line elsewhere.
 *
 * <p>The program logs through {@link System.Logger}; libraries arrive through java.util.logging,
 * those that chatter at their start are held to warnings. Threading: the formatters are stateless.
 * Limits: a message is cut at 8,192 characters, an exception at ten causes.
 */
@NullMarked
package dev.aidb.log;

import org.jspecify.annotations.NullMarked;
