package dev.spanthrift.agent.pipeline;

/**
 * One thing that is wrong with a policy document, in words for its author.
 *
 * @param pointer JSON pointer (RFC 6901) to the value, empty for the whole document
 * @param detail what is wrong
 * @param suggestion what would be right, empty when there is nothing to say
 */
public record PolicyProblem(String pointer, String detail, String suggestion) {}
