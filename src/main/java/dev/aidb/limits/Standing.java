package dev.aidb.limits;

/**
 * How a client stands in one window, after a decision.
 *
 * @param limit units that the window admits
 * @param remaining units it still admits, not negative
 * @param moreIn microseconds until further units are free; 0 when none is taken. Of a window that
 *     refused: until the refused request would fit
 * @param refused whether this window had no room for the request
 */
record Standing(int limit, int remaining, long moreIn, boolean refused) {}
