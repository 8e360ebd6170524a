package dev.aidb.context;

/**
 * A source as it stands in a prompt.
 *
 * @param text its delimiters included
 * @param tokens of the text
 */
record Quote(Passage passage, Placed placed, String text, int tokens) {}
