package dev.aidb.documents;

/**
 * How much of one stream is in work at once.
 *
 * @param groupItems items of one group at most
 * @param groupWeight weight of one group at most, so that answers keep coming; a heavier item is a
 *     group of its own
 * @param groups groups at most
 * @param weight the weight (characters of content) of all items that were read and not yet answered
 *     at most; a heavier item goes alone
 */
public record StreamBounds(int groupItems, int groupWeight, int groups, int weight) {}
