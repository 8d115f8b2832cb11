package dev.spanthrift.agent.pipeline;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with the cluster's controller.
 *
 * @param url where it is asked
 * @param connected whether the stream is open
 * @param since when that began
 * @param copy where what is in force was read: {@code controller}, {@code disk}, {@code bootstrap}
 *     or {@code none}
 * @param hash of what is in force; empty for none
 * @param policyObjects what the policy was made from; empty: the configured one is in force
 * @param budgetObjects what the budgets were made from, likewise
 * @param refused why the last that came was not put in force; null when it was
 * @param lastError why the stream ended last; null when it never did
 * @param connections streams that were opened since start
 * @param changes that came over them
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ControllerStatus(
    String url,
    boolean connected,
    Instant since,
    String copy,
    String hash,
    List<String> policyObjects,
    List<String> budgetObjects,
    @Nullable String refused,
    @Nullable String lastError,
    long connections,
    long changes) {}
