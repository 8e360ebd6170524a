package dev.aidb.context;

/**
 * A part of a text that is quoted as a whole where there is room for it: a sentence, a line, or a
 * fenced block of code. The segments of a text follow each other without gaps.
 *
 * @param from the index of its first character
 * @param to the index after its last, white space behind it included
 */
record Segment(int from, int to, boolean code) {}
