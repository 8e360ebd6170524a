package dev.aidb.chunking;

/**
 * A part of a document that is embedded and found on its own.
 *
 * @param ordinal its place in the document, from 0 without gaps
 * @param content what a search returns, verbatim from the document
 * @param embedText what is embedded: the title, the headings above it, and the content
 */
public record Chunk(int ordinal, String content, String embedText) {}
